//@ file 10
// roadmap: replication-partitioning
package cache;

import static cache.Reply.*;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
//@ stage 11
import java.util.concurrent.TimeUnit;
//@ end

/** This server's part in replication: a leader has replicas, a replica has a leader (and may have replicas in turn). */
final class Replication {
    static final Map<String, Commands.Spec> COMMANDS = Map.of(
        "replconf", new Commands.Spec(-1, Replication::replconf),
        //@ stage 10-10
        "psync", new Commands.Spec(3, Replication::psync));
        //@ end
        //@ stage 11
        "psync", new Commands.Spec(3, Replication::psync),
        "wait", new Commands.Spec(3, Replication::waitFor),
        "replicaof", new Commands.Spec(3, Replication::replicaOf),
        "slaveof", new Commands.Spec(3, Replication::replicaOf));
        //@ end

    /** What a full copy begins with, as Redis does it: an RDB file. Ours is always empty, the data follow as commands. */
    static final byte[] EMPTY_RDB = Resp.latin1("REDIS0009\u00ff\0\0\0\0\0\0\0\0");
    private static final byte[] ASK_FOR_OFFSET = Resp.encodeCommand(Resp.command("REPLCONF", "GETACK", "*"));

    /** What a leader knows of one of its replicas. */
    static final class Replica {
        /** How many bytes it got that the others did not: its copy. The offsets that it sends count them. */
        private final long copied;
        /** How much of the stream it has, as far as it told; -1 before it has its copy. */
        long acknowledged = -1;

        private Replica(long copied) {
            this.copied = copied;
        }
    }

    //@ stage 11
    /** Until so many replicas have a client's last write, or so many milliseconds have passed; 0 means without end. */
    record Wait(long replicas, long milliseconds) {}

    //@ end
    /** Names the history of writes that begins here. */
    final String id = randomId();
    /** The length of the stream of writes so far, which all replicas get alike. */
    long offset;
    final Map<Client, Replica> replicas = new LinkedHashMap<>();
    /** Null for a leader. */
    LeaderLink leader;
    private final Server server;

    Replication(Server server) {
        this.server = server;
    }

    private static String randomId() {
        byte[] bytes = new byte[20];
        new Random().nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    boolean isReplica() {
        return leader != null;
    }

    void follow(String host, int port) {
        if (leader != null) leader.stop();
        leader = new LeaderLink(server, host, port);
        server.store.follows = true;
        new Thread(leader).start();
    }
    //@ stage 11

    /** Stands on its own from now on, with the data that it has. */
    private void lead() {
        if (leader != null) leader.stop();
        leader = null;
        server.store.follows = false;
    }
    //@ end

    /** Sends all data to a new replica. Nothing can be written meanwhile, so the stream continues exactly where the copy ends. */
    private void welcome(Client client) {
        List<byte[]> copy = new ArrayList<>();
        for (Store.Entry entry : server.store.all()) copy.add(Resp.encodeCommand(AppendOnlyFile.setCommand(entry)));
        long size = copy.stream().mapToLong(bytes -> bytes.length).sum();
        client.expectPushes(256 * 1024 * 1024 + size);
        client.push(Resp.latin1("+FULLRESYNC " + id + " " + offset + "\r\n$" + EMPTY_RDB.length + "\r\n"));
        client.push(EMPTY_RDB);
        copy.forEach(client::push);
        replicas.put(client, new Replica(size));
        // This tells the replica that the copy ends here, and its answer tells that it has arrived.
        feed(ASK_FOR_OFFSET);
    }

    /** Continues the stream. */
    void feed(byte[] bytes) {
        if (replicas.isEmpty()) return;
        offset += bytes.length;
        for (Client replica : replicas.keySet()) replica.push(bytes);
    }

    /** Shows the replicas that this server is alive. */
    void beat() {
        synchronized (server) {
            feed(Resp.encodeCommand(Resp.command("PING")));
        }
    }

    void leave(Client client) {
        replicas.remove(client);
    }

    private void acknowledge(Client client, long position) {
        Replica replica = replicas.get(client);
        if (replica == null) return;
        replica.acknowledged = position - replica.copied;
        //@ stage 11
        server.notifyAll();
        //@ end
    }
    //@ stage 11

    /** Answers how many replicas have all that {@code client} has written, as soon as they are so many, or the time is over. */
    Reply await(Wait wait, Client client) throws InterruptedException {
        synchronized (server) {
            long start = System.nanoTime();
            while (countUpTo(client.lastWrite) < wait.replicas()) {
                long left = TimeUnit.MILLISECONDS.toNanos(wait.milliseconds()) - (System.nanoTime() - start);
                // Others have the lock meanwhile.
                if (wait.milliseconds() == 0) server.wait();
                else if (left > 0) TimeUnit.NANOSECONDS.timedWait(server, left);
                else break;
            }
            return integer(countUpTo(client.lastWrite));
        }
    }

    private long countUpTo(long offset) {
        return replicas.values().stream().filter(replica -> replica.acknowledged >= offset).count();
    }
    //@ end

    private static Reply replconf(Call call) {
        if (call.count() % 2 != 0) throw new CommandError("ERR syntax error");
        String option = call.count() == 0 ? "" : call.text(0).toLowerCase(Locale.ROOT);
        if (option.equals("listening-port")) call.client().listeningPort = (int) call.integer(1);
        if (!option.equals("ack")) return OK;
        call.server().replication.acknowledge(call.client(), call.integer(1));
        return NONE;
    }

    private static Reply psync(Call call) {
        call.server().replication.welcome(call.client());
        return NONE;
    }
    //@ stage 11

    private static Reply waitFor(Call call) {
        Replication replication = call.server().replication;
        if (replication.isReplica()) {
            throw new CommandError("ERR WAIT cannot be used with replica instances. Please also note that since Redis 4.0 if a"
                + " replica is configured to be writable (which is not the default) writes to replicas are just local and are"
                + " not propagated.");
        }
        long replicas = call.integer(0);
        long milliseconds = call.integer(1);
        if (milliseconds < 0) throw new CommandError("ERR timeout is negative");
        long count = replication.countUpTo(call.client().lastWrite);
        // In a transaction, nobody can wait.
        if (count >= replicas || call.client().transaction != null) return integer(count);
        replication.feed(ASK_FOR_OFFSET);
        call.client().awaited = new Wait(replicas, milliseconds);
        return NONE;
    }

    private static Reply replicaOf(Call call) {
        String host = call.text(0);
        String port = call.text(1);
        if ((host + " " + port).equalsIgnoreCase("no one")) call.server().replication.lead();
        else if (port.matches("\\d{1,5}")) call.server().replication.follow(host, Integer.parseInt(port));
        else throw new CommandError("ERR Invalid master port");
        return OK;
    }
    //@ end
}
