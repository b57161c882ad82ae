// roadmap: data-structures
package cache;

/**
 * What the commands of stage 4 work on. A map compares arrays by identity, not by content: so a key is a string in
 * ISO-8859-1, where every byte is one character.
 */
interface Store {
    /** Null when there is no such key. */
    byte[] get(String key);

    void set(String key, byte[] value);

    /** Whether the key was there. */
    boolean delete(String key);

    int size();
}
