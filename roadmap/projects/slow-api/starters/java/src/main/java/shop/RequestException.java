package shop;

/** What a request asks for can't be had; the code goes into the answer. */
public final class RequestException extends Exception {
    private final int status;
    private final String code;

    public RequestException(int status, String code) {
        super(code);
        this.status = status;
        this.code = code;
    }

    /** Of HTTP. */
    public int status() {
        return status;
    }

    public String code() {
        return code;
    }
}
