package cache;

import java.util.List;

/** What the server answers. */
public sealed interface Reply {
    //@ stage 4
    Reply OK = new Simple("OK");
    Reply NULL = new Bulk(null);
    //@ end
    //@ stage 10
    Reply NONE = new Several(List.of());
    //@ end
    //@ stage 4

    //@ end
    record Simple(String text) implements Reply {}

    record Failure(String message) implements Reply {}

    record Int(long value) implements Reply {}

    /** The null bulk string when {@code bytes} is null. */
    record Bulk(byte[] bytes) implements Reply {}

    /** The null array when {@code items} is null. */
    record Array(List<Reply> items) implements Reply {}
    //@ stage 9

    /** One behind the other, as if each answered a command of its own. */
    record Several(List<Reply> replies) implements Reply {}
    //@ end
    //@ stage 4

    static Reply simple(String text) {
        return new Simple(text);
    }

    static Reply failure(String message) {
        return new Failure(message);
    }

    static Reply integer(long value) {
        return new Int(value);
    }

    static Reply bulk(byte[] bytes) {
        return new Bulk(bytes);
    }
    //@ stage 9

    static Reply bulk(String text) {
        return new Bulk(Resp.latin1(text));
    }
    //@ end

    static Reply array(List<Reply> items) {
        return new Array(items);
    }
    //@ stage 9

    static Reply array(Reply... items) {
        return new Array(List.of(items));
    }
    //@ end
    //@ end
}
