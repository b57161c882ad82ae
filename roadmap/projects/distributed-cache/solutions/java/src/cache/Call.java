//@ file 4
package cache;

import java.util.List;

/** One command of a client. Its arity was checked: as many arguments as it demands are there. */
record Call(String name, List<byte[]> words, Server server, Client client) {
    Store store() {
        return server.store;
    }

    /** How many arguments there are. */
    int count() {
        return words.size() - 1;
    }

    byte[] bytes(int index) {
        return words.get(index + 1);
    }

    /** An argument in ISO-8859-1: so any key is a string. */
    String text(int index) {
        return Resp.latin1(bytes(index));
    }

    List<String> texts() {
        return words.stream().skip(1).map(Resp::latin1).toList();
    }

    long integer(int index) {
        return integerOf(bytes(index));
    }

    /** A signed number of 64 bits in its one right spelling. */
    static long integerOf(byte[] bytes) {
        String text = Resp.latin1(bytes);
        try {
            long value = Long.parseLong(text);
            // Java reads +7 and 007, too. Right is only what it would write.
            if (Long.toString(value).equals(text)) return value;
        } catch (NumberFormatException error) {
            // The same reply.
        }
        throw new CommandError("ERR value is not an integer or out of range");
    }

    CommandError wrongArity() {
        return new CommandError("ERR wrong number of arguments for '" + name + "' command");
    }
}
