package shop;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/** The figures of a report with a signature that is expensive to forge. */
record Report(List<Orders.StatusLine> statuses, String signature) {
    static Report of(List<Orders.StatusLine> statuses) throws GeneralSecurityException {
        return new Report(statuses, signReport(format(statuses)));
    }

    private static String format(List<Orders.StatusLine> statuses) {
        return statuses.stream().map(line -> line.status() + ":" + line.orders() + ":" + line.totalCents() + "\n").collect(Collectors.joining());
    }

    private static String signReport(String text) throws GeneralSecurityException {
        PBEKeySpec key = new PBEKeySpec(text.toCharArray(), "orders-report".getBytes(StandardCharsets.UTF_8), 300_000, 32 * 8);
        return HexFormat.of().formatHex(SecretKeyFactory.getInstance("PBKDF2WithHmacSHA512").generateSecret(key).getEncoded());
    }
}
