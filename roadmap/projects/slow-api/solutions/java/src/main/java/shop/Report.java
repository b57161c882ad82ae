//@ file 9
package shop;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.stream.Collectors;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/** The figures of a report with a signature that is expensive to forge. */
record Report(List<Orders.StatusLine> statuses, String signature) {
    /** Who signs takes a core for a while: one stays free for everybody else, however many reports are asked for. */
    private static final Semaphore CORES = new Semaphore(Math.max(1, Runtime.getRuntime().availableProcessors() - 1), true);

    static Report of(List<Orders.StatusLine> statuses) throws GeneralSecurityException, InterruptedException {
        CORES.acquire();
        try {
            return new Report(statuses, signReport(format(statuses)));
        } finally {
            CORES.release();
        }
    }

    private static String format(List<Orders.StatusLine> statuses) {
        return statuses.stream().map(line -> line.status() + ":" + line.orders() + ":" + line.totalCents() + "\n").collect(Collectors.joining());
    }

    private static String signReport(String text) throws GeneralSecurityException {
        PBEKeySpec key = new PBEKeySpec(text.toCharArray(), "orders-report".getBytes(StandardCharsets.UTF_8), 300_000, 32 * 8);
        return HexFormat.of().formatHex(SecretKeyFactory.getInstance("PBKDF2WithHmacSHA512").generateSecret(key).getEncoded());
    }
}
