//@ file 11
package shop;

import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/** Keeps what was loaded for a while, in bounded memory. Whoever asks for what is being loaded waits for the same load. */
final class Cache<K, V> {
    private final long ttlNanos;
    private final Map<K, Entry<V>> entries;

    Cache(int ttlMs, int most) {
        ttlNanos = TimeUnit.MILLISECONDS.toNanos(ttlMs);
        entries = new RecentMap<>(most);
    }

    private static final class Entry<V> {
        final CompletableFuture<V> value = new CompletableFuture<>();
        /** Written before the value is. */
        long loadedAt;
    }

    /** What is kept, or what the load gives. @throws Exception what the load has thrown, also to those who waited for it */
    V get(K key, Callable<V> load) throws Exception {
        Entry<V> mine = new Entry<>();
        Entry<V> entry;
        synchronized (entries) {
            entry = entries.get(key);
            if (entry == null || entry.value.isDone() && System.nanoTime() - entry.loadedAt >= ttlNanos) {
                entry = mine;
                entries.put(key, mine);
            }
        }
        if (entry == mine) fill(key, mine, load);
        try {
            return entry.value.get();
        } catch (ExecutionException error) {
            throw error.getCause() instanceof Exception cause ? cause : error;
        }
    }

    private void fill(K key, Entry<V> entry, Callable<V> load) {
        try {
            V value = load.call();
            entry.loadedAt = System.nanoTime();
            entry.value.complete(value);
        } catch (Throwable error) {
            synchronized (entries) {
                entries.remove(key, entry);
            }
            entry.value.completeExceptionally(error);
        }
    }

    /** Forgets everything, also what is being loaded: it may have been read before the change. */
    void clear() {
        synchronized (entries) {
            entries.clear();
        }
    }
}
