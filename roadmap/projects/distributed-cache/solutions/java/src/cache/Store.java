//@ file 4
// roadmap: data-structures
package cache;

//@ stage 10
import java.util.Collection;
//@ end
//@ stage 5
import java.util.Comparator;
//@ end
//@ stage 4-6
import java.util.HashMap;
//@ end
//@ stage 7
import java.util.LinkedHashMap;
//@ end
import java.util.Map;
//@ stage 5
import java.util.TreeSet;
//@ end
//@ stage 8
import java.util.function.Consumer;
//@ end

//@ stage 4-4
/** The keys and their values. A key is a string in ISO-8859-1, because a map compares arrays by identity, not by content. */
final class Store {
    private final Map<String, byte[]> values = new HashMap<>();

    int size() {
        return values.size();
    }

    /** Null when there is no such key. */
    byte[] get(String key) {
        return values.get(key);
    }

    boolean has(String key) {
        return values.containsKey(key);
    }

    void set(String key, byte[] value) {
        values.put(key, value);
    }

    /** Whether the key was there. */
    boolean delete(String key) {
        return values.remove(key) != null;
    }

    void clear() {
        values.clear();
    }
}
//@ end
//@ stage 5
/**
 * The keys, their values and how long they live. A key is a string in ISO-8859-1, because a map compares arrays by
 * identity, not by content.
 */
final class Store {
    /** The time of expiry of a key that stays. */
    static final long NEVER = Long.MAX_VALUE;
    //@ stage 7
    /** What an entry costs besides the bytes of its key and its value: six objects and a slot in the map. An estimate. */
    private static final int ENTRY_OVERHEAD = 144;
    //@ end

    static final class Entry {
        final String key;
        byte[] value;
        /** In milliseconds since 1970. */
        long expiresAt = NEVER;

        private Entry(String key) {
            this.key = key;
        }
        //@ stage 7

        private long memory() {
            return ENTRY_OVERHEAD + key.length() + value.length;
        }
        //@ end
    }

    /** When the present command takes place: set once for each, so that nothing expires in the middle of it. */
    long now;
    //@ stage 8
    /** Rises with every change that a command makes. */
    long changes;
    //@ end
    //@ stage 10
    /** A replica hides what has expired, and waits for its leader to say that it is gone. */
    boolean follows;
    //@ end
    //@ stage 14
    long hits;
    long misses;
    long expired;
    long evicted;
    //@ end
    //@ stage 5-6
    private final Map<String, Entry> entries = new HashMap<>();
    //@ end
    //@ stage 7
    /** In the order in which they were put in. That is the order of use, because whatever is used is put in again. */
    private final Map<String, Entry> entries = new LinkedHashMap<>();
    //@ end
    /** What will expire, the next one first. */
    private final TreeSet<Entry> expiring =
        new TreeSet<>(Comparator.comparingLong((Entry entry) -> entry.expiresAt).thenComparing(entry -> entry.key));
    //@ stage 7
    private long memory;
    //@ end
    //@ stage 8
    private final Consumer<String> onRemoval;

    /** {@code onRemoval} is told of every key that the store removes by itself, which no command says. */
    Store(Consumer<String> onRemoval) {
        this.onRemoval = onRemoval;
    }
    //@ end

    int size() {
        return entries.size();
    }
    //@ stage 14

    int expiringSize() {
        return expiring.size();
    }
    //@ end
    //@ stage 7

    /** In bytes, by estimate. */
    long memory() {
        return memory;
    }
    //@ end
    //@ stage 10

    Collection<Entry> all() {
        return entries.values();
    }
    //@ end

    /** Null when there is no such key. */
    byte[] get(String key) {
        Entry entry = find(key);
        //@ stage 5-6
        return entry == null ? null : entry.value;
        //@ end
        //@ stage 7-13
        if (entry == null) return null;
        use(entry);
        return entry.value;
        //@ end
        //@ stage 14
        if (entry == null) {
            misses++;
            return null;
        }
        hits++;
        use(entry);
        return entry.value;
        //@ end
    }

    /** The entry of a key that has not expired, or null. */
    Entry find(String key) {
        Entry entry = entries.get(key);
        if (entry == null || entry.expiresAt > now) return entry;
        //@ stage 5-9
        expire(entry);
        //@ end
        //@ stage 10
        if (!follows) expire(entry);
        //@ end
        return null;
    }
    //@ stage 8

    /** The entry as it is, expired or not; or null. */
    Entry peek(String key) {
        return entries.get(key);
    }
    //@ end

    boolean has(String key) {
        return find(key) != null;
    }

    //@ stage 5-6
    void set(String key, byte[] value, long expiresAt) {
        Entry entry = entries.computeIfAbsent(key, Entry::new);
        entry.value = value;
        schedule(entry, expiresAt);
    }
    //@ end
    //@ stage 7
    void set(String key, byte[] value, long expiresAt) {
        Entry entry = entries.get(key);
        if (entry == null) entry = new Entry(key);
        else memory -= entry.memory();
        entry.value = value;
        memory += entry.memory();
        use(entry);
        schedule(entry, expiresAt);
        //@ stage 8
        changes++;
        //@ end
    }
    //@ end

    /** Whether the key was there. */
    boolean delete(String key) {
        Entry entry = find(key);
        if (entry == null) return false;
        remove(entry);
        //@ stage 8
        changes++;
        //@ end
        return true;
    }

    void clear() {
        entries.clear();
        expiring.clear();
        //@ stage 7
        memory = 0;
        //@ end
        //@ stage 8
        changes++;
        //@ end
    }

    /** Gives a key another time of expiry; one that is over removes it. False when there is no such key. */
    boolean expireAt(String key, long moment) {
        Entry entry = find(key);
        if (entry == null) return false;
        if (moment <= now) remove(entry);
        else schedule(entry, moment);
        //@ stage 8
        changes++;
        //@ end
        return true;
    }

    /** Removes up to {@code limit} of the keys that have expired. Tells whether there may be more. */
    boolean removeExpired(int limit) {
        //@ stage 10
        if (follows) return false;
        //@ end
        for (int count = 0; count < limit; count++) {
            if (expiring.isEmpty() || expiring.first().expiresAt > now) return false;
            expire(expiring.first());
        }
        return true;
    }
    //@ stage 7

    /** Removes the keys that were not used for longest, until no more than {@code limit} bytes are in use. */
    void evict(long limit) {
        while (memory > limit && !entries.isEmpty()) {
            Entry oldest = entries.values().iterator().next();
            remove(oldest);
            //@ stage 8
            onRemoval.accept(oldest.key);
            //@ end
            //@ stage 14
            evicted++;
            //@ end
        }
    }

    /**
     * Makes an entry the newest in the order of use. A LinkedHashMap in access order would do that by itself, but for every
     * look-up, and to ask whether there is a key, or how long it lives, is no use of it.
     */
    private void use(Entry entry) {
        entries.remove(entry.key);
        entries.put(entry.key, entry);
    }
    //@ end

    private void expire(Entry entry) {
        remove(entry);
        //@ stage 8
        onRemoval.accept(entry.key);
        //@ end
        //@ stage 14
        expired++;
        //@ end
    }

    private void schedule(Entry entry, long expiresAt) {
        // Out first: where an entry stands in the set depends on its time.
        if (entry.expiresAt != NEVER) expiring.remove(entry);
        entry.expiresAt = expiresAt;
        if (expiresAt != NEVER) expiring.add(entry);
    }

    private void remove(Entry entry) {
        schedule(entry, NEVER);
        entries.remove(entry.key);
        //@ stage 7
        memory -= entry.memory();
        //@ end
    }
}
//@ end
