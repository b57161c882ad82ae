//@ file 4
package cache;

/** What a client asked for can't be done; the message is the reply. */
final class CommandError extends RuntimeException {
    private static final long serialVersionUID = 1L;

    CommandError(String message) {
        // Without a stack trace: it is no fault of ours, and to note the stack is slow.
        super(message, null, false, false);
    }
}
