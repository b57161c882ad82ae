package cache;

import java.util.List;

/** What the server answers. */
public sealed interface Reply {
    record Simple(String text) implements Reply {}

    record Failure(String message) implements Reply {}

    record Int(long value) implements Reply {}

    /** The null bulk string when {@code bytes} is null. */
    record Bulk(byte[] bytes) implements Reply {}

    /** The null array when {@code items} is null. */
    record Array(List<Reply> items) implements Reply {}
}
