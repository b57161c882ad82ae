//@ file 12
// roadmap: load-balancing-strategies
package cache;

import static cache.Reply.*;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Who has which slots, as all nodes were told at their start. */
final class Cluster {
    static final Map<String, Commands.Spec> COMMANDS = Map.of(
        "cluster", new Commands.Spec(-2, Cluster::cluster),
        // A client says this before it reads from a replica. Here, every node is a leader.
        "readonly", new Commands.Spec(1, Cluster::acceptMode),
        "readwrite", new Commands.Spec(1, Cluster::acceptMode));

    private static final int SLOT_COUNT = 16384;
    private static final int[] CRC_TABLE = IntStream.range(0, 256).map(Cluster::crcOf).toArray();

    private record Node(String id, String host, int port, int firstSlot, int lastSlot) {
        private static final Pattern FORM = Pattern.compile("(.+):(\\d{1,5})=(\\d{1,5})-(\\d{1,5})");

        static Node parse(String text) {
            Matcher parts = FORM.matcher(text);
            if (!parts.matches()) {
                throw new IllegalArgumentException(
                    "CLUSTER_NODES has \"" + text + "\" where a node should be: write 127.0.0.1:7001=0-5460.");
            }
            String host = parts.group(1);
            int port = Integer.parseInt(parts.group(2));
            return new Node(
                idOf(host + ":" + port), host, port, Integer.parseInt(parts.group(3)), Integer.parseInt(parts.group(4)));
        }

        /** Every node gives every node the same name, without a word between them. */
        private static String idOf(String address) {
            try {
                return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-1").digest(Resp.latin1(address)));
            } catch (NoSuchAlgorithmException error) {
                throw new IllegalStateException("Every Java has SHA-1.", error);
            }
        }
    }

    private final List<Node> nodes;
    private final Node self;

    /** {@code layout} is like 127.0.0.1:7001=0-5460,127.0.0.1:7002=5461-16383; this node is the one at {@code port}. */
    Cluster(String layout, int port) {
        nodes = Stream.of(layout.split(",")).map(Node::parse).toList();
        self = nodes.stream().filter(node -> node.port() == port).findFirst().orElseThrow(() -> new IllegalArgumentException(
            "CLUSTER_NODES is \"" + layout + "\", where no node has the port " + port + " of this one."));
    }

    /** Throws a CommandError when a command is not for this node. */
    void check(Call call) {
        int[] slots = keysOf(call).stream().mapToInt(Cluster::slotOf).distinct().toArray();
        if (slots.length == 0) return;
        if (slots.length > 1) throw new CommandError("CROSSSLOT Keys in request don't hash to the same slot");
        int slot = slots[0];
        for (Node node : nodes) {
            if (slot < node.firstSlot() || slot > node.lastSlot()) continue;
            if (node == self) return;
            throw new CommandError("MOVED " + slot + " " + node.host() + ":" + node.port());
        }
        throw new CommandError("CLUSTERDOWN Hash slot not served");
    }

    private static List<byte[]> keysOf(Call call) {
        List<byte[]> arguments = call.words().subList(1, call.words().size());
        return switch (call.name()) {
            case "get", "set", "type", "incr", "incrby", "decr", "decrby", "ttl", "pttl", "persist", "expire", "pexpire",
                "expireat", "pexpireat" -> arguments.subList(0, 1);
            case "mget", "del", "exists" -> arguments;
            case "mset" -> {
                List<byte[]> keys = new ArrayList<>();
                for (int index = 0; index < arguments.size(); index += 2) keys.add(arguments.get(index));
                yield keys;
            }
            default -> List.of();
        };
    }

    /** What is between the first { and the next }, if that is anything, decides alone: so related keys can be kept together. */
    private static int slotOf(byte[] key) {
        String text = Resp.latin1(key);
        int open = text.indexOf('{');
        int close = open < 0 ? -1 : text.indexOf('}', open);
        return crc16(close > open + 1 ? text.substring(open + 1, close) : text) % SLOT_COUNT;
    }

    /** CRC-16/XMODEM: the polynomial 0x1021, beginning with 0. */
    private static int crc16(String bytes) {
        int crc = 0;
        for (int index = 0; index < bytes.length(); index++) {
            crc = (crc << 8 & 0xffff) ^ CRC_TABLE[crc >> 8 ^ bytes.charAt(index)];
        }
        return crc;
    }

    private static int crcOf(int value) {
        int crc = value << 8;
        for (int bit = 0; bit < 8; bit++) crc = (crc & 0x8000) == 0 ? crc << 1 : (crc << 1 ^ 0x1021) & 0xffff;
        return crc;
    }

    private static Cluster of(Call call) {
        if (call.server().cluster == null) throw new CommandError("ERR This instance has cluster support disabled");
        return call.server().cluster;
    }

    private static Reply acceptMode(Call call) {
        of(call);
        return OK;
    }

    private static Reply cluster(Call call) {
        Cluster cluster = of(call);
        return switch (call.text(0).toLowerCase(Locale.ROOT)) {
            case "keyslot" -> {
                if (call.count() != 2) throw new CommandError("ERR wrong number of arguments for 'cluster|keyslot' command");
                yield integer(slotOf(call.bytes(1)));
            }
            case "myid" -> bulk(cluster.self.id());
            case "info" -> cluster.info();
            case "nodes" -> cluster.describeNodes();
            case "slots" -> array(cluster.nodes.stream().map(Cluster::describeSlots).toList());
            case "shards" -> array(cluster.nodes.stream().map(Cluster::describeShard).toList());
            default -> throw new CommandError("ERR unknown subcommand '" + call.text(0) + "'. Try CLUSTER HELP.");
        };
    }

    private Reply info() {
        int assigned = nodes.stream().mapToInt(node -> node.lastSlot() - node.firstSlot() + 1).sum();
        return bulk(String.join("\r\n",
            "cluster_state:" + (assigned == SLOT_COUNT ? "ok" : "fail"),
            "cluster_slots_assigned:" + assigned,
            "cluster_slots_ok:" + assigned,
            "cluster_slots_pfail:0",
            "cluster_slots_fail:0",
            "cluster_known_nodes:" + nodes.size(),
            "cluster_size:" + nodes.size(),
            ""));
    }

    private Reply describeNodes() {
        StringBuilder lines = new StringBuilder();
        for (Node node : nodes) {
            // Redis nodes talk to each other on another port, which is this one plus 10000.
            lines.append(String.format("%s %s:%d@%d %s - 0 0 1 connected %d-%d\n", node.id(), node.host(), node.port(),
                node.port() + 10_000, node == self ? "myself,master" : "master", node.firstSlot(), node.lastSlot()));
        }
        return bulk(lines.toString());
    }

    private static Reply describeSlots(Node node) {
        Reply owner = array(bulk(node.host()), integer(node.port()), bulk(node.id()), array());
        return array(integer(node.firstSlot()), integer(node.lastSlot()), owner);
    }

    private static Reply describeShard(Node node) {
        Reply server = array(
            bulk("id"), bulk(node.id()), bulk("port"), integer(node.port()), bulk("ip"), bulk(node.host()),
            bulk("endpoint"), bulk(node.host()), bulk("role"), bulk("master"), bulk("replication-offset"), integer(0),
            bulk("health"), bulk("online"));
        return array(
            bulk("slots"), array(integer(node.firstSlot()), integer(node.lastSlot())), bulk("nodes"), array(server));
    }
}
