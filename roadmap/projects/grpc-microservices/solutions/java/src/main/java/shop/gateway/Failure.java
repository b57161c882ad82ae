//@ file 11
package shop.gateway;

import io.grpc.Status;
import java.util.Map;

/** What a client is told when something fails: the HTTP status, a code and a text. */
@SuppressWarnings("serial")
final class Failure extends Exception {
    final int status;
    final String code;
    final Map<String, String> headers;

    Failure(int status, String code, String message) {
        this(status, code, message, switch (status) {
            case 401 -> Map.of("WWW-Authenticate", "Bearer");
            case 503 -> Map.of("Retry-After", "1");
            default -> Map.of();
        });
    }

    Failure(int status, String code, String message, Map<String, String> headers) {
        super(message);
        this.status = status;
        this.code = code;
        this.headers = headers;
    }

    /** What a neighbor said. Of its inner troubles the client hears nothing. */
    static Failure of(Status said) {
        int status = http(said.getCode());
        String text = said.getDescription() == null ? said.getCode().name() : said.getDescription();
        return new Failure(status, said.getCode().name(), status >= 500 ? "the shop can't answer at the moment" : text);
    }

    /** As google.rpc.Code maps them. */
    private static int http(Status.Code code) {
        return switch (code) {
            case INVALID_ARGUMENT, FAILED_PRECONDITION, OUT_OF_RANGE -> 400;
            case UNAUTHENTICATED -> 401;
            case PERMISSION_DENIED -> 403;
            case NOT_FOUND -> 404;
            case ALREADY_EXISTS, ABORTED -> 409;
            case RESOURCE_EXHAUSTED -> 429;
            case CANCELLED -> 499;
            case UNIMPLEMENTED -> 501;
            case UNAVAILABLE -> 503;
            case DEADLINE_EXCEEDED -> 504;
            default -> 500;
        };
    }
}
