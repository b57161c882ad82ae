//@ file 11
package shop;

import java.util.LinkedHashMap;
import java.util.Map;

/** Holds so many entries at the most: the one that was used longest ago makes room. Not for several threads at once. */
final class RecentMap<K, V> extends LinkedHashMap<K, V> {
    private final int most;

    RecentMap(int most) {
        super(16, 0.75f, true);
        this.most = most;
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
        return size() > most;
    }
}
