// roadmap: tcp-udp-dns
// roadmap: io-and-ipc
package cache;

//@ stage 8
import java.io.ByteArrayOutputStream;
//@ end
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
//@ stage 8
import java.util.ArrayList;
//@ end
//@ stage 14
import java.util.HashSet;
//@ end
//@ stage 4
import java.util.List;
//@ end
//@ stage 14
import java.util.Set;
//@ end
//@ stage 5
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
//@ end
//@ stage 8
import java.util.function.Supplier;
//@ end

//@ stage 1-3
/** Answers commands over TCP. */
final class Server {
//@ end
//@ stage 4
/** What all clients share. Its monitor is the one lock: a thread that reads or changes any of it holds that. */
final class Server {
    //@ stage 4-7
    final Store store = new Store();
    //@ end
    //@ stage 8
    final Store store = new Store(key -> record(() -> Resp.command("DEL", key)));
    //@ end
    //@ stage 9
    final PubSub pubsub = new PubSub();
    //@ end
    //@ stage 10
    final Replication replication = new Replication(this);
    //@ end
    //@ stage 12
    /** Null when this server has all keys. */
    final Cluster cluster;
    //@ end
//@ end
    //@ stage 1-6
    private final Settings settings;
    //@ end
    //@ stage 7
    final Settings settings;
    //@ end
    //@ stage 14
    final Set<Client> clients = new HashSet<>();
    long connectionsSoFar;
    long rejectionsSoFar;
    long commandsSoFar;
    private final ServerSocket listener = new ServerSocket();
    //@ end
    //@ stage 8
    /** What the present command has changed so far, in the words of the log. */
    private final List<List<byte[]>> effects = new ArrayList<>();
    /** Null when nothing is logged, and while the log is being read. */
    private volatile AppendOnlyFile log;
    //@ end

    //@ stage 1-11
    Server(Settings settings) {
        this.settings = settings;
    }
    //@ end
    //@ stage 12-13
    Server(Settings settings) {
        this.settings = settings;
        cluster = settings.clusterNodes.isEmpty() ? null : new Cluster(settings.clusterNodes, settings.port);
    }
    //@ end
    //@ stage 14
    Server(Settings settings) throws IOException {
        this.settings = settings;
        cluster = settings.clusterNodes.isEmpty() ? null : new Cluster(settings.clusterNodes, settings.port);
    }
    //@ end

    /** Listens and answers until it can't; throws why. */
    //@ stage 1-1
    void serve() throws IOException {
        try (ServerSocket listener = new ServerSocket()) {
            listener.bind(new InetSocketAddress(settings.host, settings.port));
            for (;;) new Client(listener.accept()).run();
        }
    }
    //@ end
    //@ stage 2-7
    void serve() throws IOException {
        try (ServerSocket listener = new ServerSocket()) {
            // More than the usual 50 may wait to be accepted: clients come in crowds.
            listener.bind(new InetSocketAddress(settings.host, settings.port), 1024);
            //@ stage 2-3
            for (;;) new Thread(new Client(listener.accept())).start();
            //@ end
            //@ stage 5
            startTimer();
            //@ end
            //@ stage 4
            for (;;) new Thread(new Client(this, listener.accept())).start();
            //@ end
        }
    }
    //@ end
    //@ stage 8-13
    void serve() throws IOException {
        if (settings.appendOnly) openLog();
        try (ServerSocket listener = new ServerSocket()) {
            // More than the usual 50 may wait to be accepted: clients come in crowds.
            listener.bind(new InetSocketAddress(settings.host, settings.port), 1024);
            startTimer();
            //@ stage 10
            followLeader();
            //@ end
            for (;;) new Thread(new Client(this, listener.accept())).start();
        }
    }
    //@ end
    //@ stage 14
    void serve() throws IOException, InterruptedException {
        if (settings.appendOnly) openLog();
        // It may have been stopped while it read the log.
        if (listener.isClosed()) return;
        // What the connections of the last run have left behind must not keep the port from this one.
        listener.setReuseAddress(true);
        // More than the usual 50 may wait to be accepted: clients come in crowds.
        listener.bind(new InetSocketAddress(settings.host, settings.port), 1024);
        startTimer();
        followLeader();
        while (!listener.isClosed()) {
            try {
                new Thread(new Client(this, listener.accept())).start();
            } catch (IOException error) {
                if (listener.isClosed()) return;
                // Too many open files, say. Those who are here are served, and when one leaves there is room again.
                System.err.println(error.getMessage());
                Thread.sleep(100);
            }
        }
    }

    /** Accepts nobody any more, answers what is on its way, and returns when everything is sent and saved. */
    void stop() throws IOException, InterruptedException {
        listener.close();
        // What clients sent before they could know about this is answered, too. When all are silent, it was the last.
        long start = System.nanoTime();
        boolean silent = false;
        while (!silent && millisecondsSince(start) < 800) {
            Thread.sleep(100);
            silent = present().stream().allMatch(client -> client.isSilent(100));
        }
        for (Client client : present()) client.stop();
        awaitDepartures(500);
        sync();
    }

    private static long millisecondsSince(long nanoTime) {
        return (System.nanoTime() - nanoTime) / 1_000_000;
    }

    private synchronized List<Client> present() {
        return List.copyOf(clients);
    }

    /** Returns when all clients have left, or the time is over: one that does not read its replies can't hold up the end. */
    private synchronized void awaitDepartures(long milliseconds) throws InterruptedException {
        long start = System.nanoTime();
        long left = milliseconds;
        while (!clients.isEmpty() && left > 0) {
            wait(left);
            left = milliseconds - millisecondsSince(start);
        }
    }

    /** Counts a client in, if there is room for one more. */
    synchronized boolean admit(Client client) {
        connectionsSoFar++;
        if (clients.size() < settings.maxClients) return clients.add(client);
        rejectionsSoFar++;
        return false;
    }
    //@ end
    //@ stage 8

    private void openLog() throws IOException {
        AppendOnlyFile file = new AppendOnlyFile(settings.dataDir);
        file.replay(this);
        log = file;
    }
    //@ end
    //@ stage 10

    private synchronized void followLeader() {
        String[] leader = settings.replicaOf.split(" ");
        if (leader.length == 2) replication.follow(leader[0], Integer.parseInt(leader[1]));
    }
    //@ end
    //@ stage 4

    /** What a client gets for a command. */
    synchronized Reply execute(List<byte[]> words, Client client) {
        //@ stage 4-7
        return Commands.execute(words, this, client);
        //@ end
        //@ stage 14
        commandsSoFar++;
        //@ end
        //@ stage 8
        Reply reply = Commands.execute(words, this, client);
        //@ end
        //@ stage 8-10
        commit();
        //@ end
        //@ stage 11
        if (commit()) client.lastWrite = replication.offset;
        //@ end
        //@ stage 8
        return reply;
        //@ end
    }
    //@ end
    //@ stage 8

    //@ stage 8-9
    /** Notes what a command changed, if there is a log to tell it to. */
    void record(Supplier<List<byte[]>> effect) {
        if (log != null) effects.add(effect.get());
    }
    //@ end
    //@ stage 10
    /** Notes what a command changed, if there is anyone to tell it to. */
    void record(Supplier<List<byte[]>> effect) {
        if (log != null || !replication.replicas.isEmpty()) effects.add(effect.get());
    }
    //@ end

    //@ stage 8-9
    /** Logs what has changed: several effects as one transaction, so that a replay does all or nothing. */
    private void commit() {
        if (effects.isEmpty()) return;
    //@ end
    //@ stage 10-10
    /** Tells the log and the replicas what has changed: several effects as one transaction, so that they do all or nothing. */
    private void commit() {
        if (effects.isEmpty()) return;
    //@ end
    //@ stage 11
    /**
     * Tells the log and the replicas what has changed: several effects as one transaction, so that they do all or nothing.
     *
     * @return whether anything has
     */
    private boolean commit() {
        if (effects.isEmpty()) return false;
    //@ end
        if (effects.size() > 1) {
            effects.add(0, Resp.command("MULTI"));
            effects.add(Resp.command("EXEC"));
        }
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        for (List<byte[]> effect : effects) output.writeBytes(Resp.encodeCommand(effect));
        effects.clear();
        //@ stage 8-9
        log.append(output.toByteArray());
        //@ end
        //@ stage 10
        byte[] bytes = output.toByteArray();
        if (log != null) log.append(bytes);
        replication.feed(bytes);
        //@ end
        //@ stage 11
        return true;
        //@ end
    }

    /**
     * Returns when all that was changed so far is on disk: nobody may be told of it before. This takes its time, so the
     * caller does not hold the lock.
     */
    void sync() {
        if (log != null) log.sync();
    }
    //@ end
    //@ stage 9

    //@ stage 9-9
    /** Forgets a client whose connection has ended. */
    synchronized void leave(Client client) {
        pubsub.leave(client);
    }
    //@ end
    //@ stage 10
    /** Forgets a client whose connection has ended. */
    synchronized void leave(Client client) {
        pubsub.leave(client);
        replication.leave(client);
        //@ stage 14
        clients.remove(client);
        notifyAll();
        //@ end
    }
    //@ end
    //@ end
    //@ stage 7

    /** Evicts keys until the memory limit is kept, if keys may be evicted. Tells whether the limit is kept. */
    boolean makeRoom() {
        if (settings.maxMemory == 0) return true;
        if (settings.evicts) store.evict(settings.maxMemory);
        return store.memory() <= settings.maxMemory;
    }
    //@ end
    //@ stage 5

    private void startTimer() {
        ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
        timer.scheduleWithFixedDelay(this::expire, 100, 100, TimeUnit.MILLISECONDS);
        //@ stage 10
        timer.scheduleWithFixedDelay(replication::beat, 10, 10, TimeUnit.SECONDS);
        //@ end
    }

    /** Removes expired keys that nobody asks for, some at a time, so that clients have their turns in between. */
    private void expire() {
        while (expireSome(1000)) Thread.yield();
        //@ stage 8
        sync();
        //@ end
    }

    private synchronized boolean expireSome(int limit) {
        store.now = System.currentTimeMillis();
        //@ stage 5-7
        return store.removeExpired(limit);
        //@ end
        //@ stage 8
        boolean more = store.removeExpired(limit);
        commit();
        return more;
        //@ end
    }
    //@ end
}
