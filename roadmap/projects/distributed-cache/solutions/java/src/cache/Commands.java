//@ file 4
package cache;

import static cache.Reply.*;
import static java.util.Map.entry;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
//@ stage 6
import java.util.Set;
//@ end
import java.util.function.Predicate;

/** What clients may ask for, and what they get. */
final class Commands {
    interface Body {
        /** Throws a CommandError when the command can't be done. */
        Reply run(Call call);
    }

    /** The arity is the number of words, the name included: exactly so many or, when negative, at least so many. */
    record Spec(int arity, Body body) {}

    private static final Map<String, Spec> CONNECTION = Map.ofEntries(
        entry("ping", new Spec(-1, Commands::ping)),
        entry("echo", new Spec(2, call -> bulk(call.bytes(0)))),
        entry("quit", new Spec(-1, Commands::quit)),
        entry("select", new Spec(2, Commands::select)),
        // What client programs ask before their user does: they make do with these answers.
        entry("client", new Spec(-2, call -> OK)),
        entry("command", new Spec(-1, call -> array(List.of()))),
        //@ stage 4-12
        entry("config", new Spec(-2, call -> array(List.of()))));
        //@ end
        //@ stage 13
        entry("config", new Spec(-2, Commands::config)));
        //@ end

    private static final Map<String, Spec> STRINGS = Map.ofEntries(
        entry("get", new Spec(2, call -> bulk(call.store().get(call.text(0))))),
        entry("set", new Spec(-3, Commands::set)),
        entry("mget", new Spec(-2, Commands::mget)),
        entry("mset", new Spec(-3, Commands::mset)),
        entry("del", new Spec(-2, call -> count(call, call.store()::delete))),
        entry("exists", new Spec(-2, call -> count(call, call.store()::has))),
        entry("type", new Spec(2, call -> simple(call.store().has(call.text(0)) ? "string" : "none"))),
        entry("incr", new Spec(2, call -> add(call, 1))),
        entry("incrby", new Spec(3, call -> add(call, call.integer(1)))),
        entry("decr", new Spec(2, call -> add(call, -1))),
        entry("decrby", new Spec(3, Commands::decrby)),
        entry("dbsize", new Spec(1, call -> integer(call.store().size()))),
        entry("flushall", new Spec(-1, Commands::flush)),
        entry("flushdb", new Spec(-1, Commands::flush)));
    //@ stage 5

    private static final Map<String, Spec> EXPIRY = Map.of(
        "ttl", new Spec(2, call -> integer(timeToLive(call, 1000))),
        "pttl", new Spec(2, call -> integer(timeToLive(call, 1))),
        "persist", new Spec(2, Commands::persist),
        "expire", new Spec(3, call -> expire(call, 1000, call.store().now)),
        //@ stage 5-7
        "pexpire", new Spec(3, call -> expire(call, 1, call.store().now)));
        //@ end
        //@ stage 8
        "pexpire", new Spec(3, call -> expire(call, 1, call.store().now)),
        "expireat", new Spec(3, call -> expire(call, 1000, 0)),
        "pexpireat", new Spec(3, call -> expire(call, 1, 0)));
        //@ end

    /** The options of SET that say how long a key lives, with their unit in milliseconds. */
    //@ stage 5-7
    private static final Map<String, Integer> LIFETIMES = Map.of("EX", 1000, "PX", 1);
    //@ end
    //@ stage 8
    private static final Map<String, Integer> LIFETIMES = Map.of("EX", 1000, "PX", 1, "EXAT", 1000, "PXAT", 1);
    //@ end
    //@ end
    //@ stage 6

    /** Commands that act on the connection or its transaction, and so are not queued in one. */
    private static final Set<String> CONTROL = Set.of("multi", "exec", "discard", "quit");
    //@ end
    //@ stage 7
    /** Commands that may take more memory. */
    private static final Set<String> GROWING = Set.of("set", "mset", "incr", "incrby", "decr", "decrby");
    //@ end
    //@ stage 9
    /** Commands that a client may send while it has subscribed to channels. */
    private static final Set<String> WHILE_SUBSCRIBED = Set.of("subscribe", "unsubscribe", "ping", "quit");
    //@ end
    //@ stage 10
    /** Commands that a replica takes from its leader only. */
    private static final Set<String> WRITING = Set.of("set", "mset", "incr", "incrby", "decr", "decrby", "del", "flushall",
        "flushdb", "persist", "expire", "pexpire", "expireat", "pexpireat");
    //@ end

    private static final Map<String, Spec> TABLE = new HashMap<>();

    static {
        TABLE.putAll(CONNECTION);
        TABLE.putAll(STRINGS);
        //@ stage 5
        TABLE.putAll(EXPIRY);
        //@ end
        //@ stage 6
        TABLE.putAll(Transaction.COMMANDS);
        //@ end
        //@ stage 9
        TABLE.putAll(PubSub.COMMANDS);
        //@ end
        //@ stage 10
        TABLE.putAll(Replication.COMMANDS);
        TABLE.putAll(Info.COMMANDS);
        //@ end
        //@ stage 12
        TABLE.putAll(Cluster.COMMANDS);
        //@ end
    }

    /** What a client gets for a command. The caller holds the server's lock. */
    static Reply execute(List<byte[]> words, Server server, Client client) {
        Call call = new Call(Resp.latin1(words.get(0)).toLowerCase(Locale.ROOT), words, server, client);
        //@ stage 5-7
        server.store.now = System.currentTimeMillis();
        //@ end
        //@ stage 8
        // What the log says took place long ago: nothing had expired at that moment, unless the log says so.
        server.store.now = client.trusted() ? 0 : System.currentTimeMillis();
        //@ end
        //@ stage 4-5
        try {
            return admit(call).body().run(call);
        } catch (CommandError error) {
            return failure(error.getMessage());
        }
        //@ end
        //@ stage 6
        Spec spec;
        try {
            spec = admit(call);
        } catch (CommandError error) {
            if (client.transaction != null) client.transaction.broken = true;
            return failure(error.getMessage());
        }
        if (client.transaction != null && !CONTROL.contains(call.name())) return client.transaction.add(() -> run(spec, call));
        return run(spec, call);
        //@ end
    }

    /** What the name of a command stands for. Throws a CommandError when the command is refused. */
    private static Spec admit(Call call) {
        Spec spec = TABLE.get(call.name());
        if (spec == null) throw unknownCommand(call);
        int arity = spec.arity();
        int count = call.words().size();
        if (arity < 0 ? count < -arity : count != arity) throw call.wrongArity();
        //@ stage 8
        if (call.client().trusted()) return spec;
        //@ end
        //@ stage 12
        if (call.server().cluster != null) call.server().cluster.check(call);
        //@ end
        //@ stage 10
        if (call.server().replication.isReplica() && WRITING.contains(call.name())) {
            throw new CommandError("READONLY You can't write against a read only replica.");
        }
        //@ end
        //@ stage 7
        if (GROWING.contains(call.name()) && !call.server().makeRoom()) {
            throw new CommandError("OOM command not allowed when used memory > 'maxmemory'.");
        }
        //@ end
        //@ stage 9
        if (!call.client().channels.isEmpty() && !WHILE_SUBSCRIBED.contains(call.name())) {
            throw new CommandError("ERR Can't execute '" + call.name()
                + "': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this context");
        }
        //@ end
        return spec;
    }
    //@ stage 6-7

    private static Reply run(Spec spec, Call call) {
        try {
            return spec.body().run(call);
        } catch (CommandError error) {
            return failure(error.getMessage());
        }
    }
    //@ end
    //@ stage 8

    private static Reply run(Spec spec, Call call) {
        Store store = call.store();
        long changesBefore = store.changes;
        try {
            Reply reply = spec.body().run(call);
            // What EXEC changed was recorded for each command of its transaction.
            if (store.changes != changesBefore && !CONTROL.contains(call.name())) call.server().record(() -> effect(call));
            return reply;
        } catch (CommandError error) {
            return failure(error.getMessage());
        }
    }

    /** What a command did, so told that it means the same at any later time: every time to live becomes a moment. */
    private static List<byte[]> effect(Call call) {
        return switch (call.name()) {
            case "set" -> AppendOnlyFile.setCommand(call.store().peek(call.text(0)));
            case "expire", "pexpire", "expireat", "pexpireat" -> {
                Store.Entry entry = call.store().peek(call.text(0));
                yield entry == null
                    ? Resp.command("DEL", call.text(0))
                    : Resp.command("PEXPIREAT", entry.key, Long.toString(entry.expiresAt));
            }
            default -> call.words();
        };
    }
    //@ end

    private static CommandError unknownCommand(Call call) {
        StringBuilder arguments = new StringBuilder();
        for (int index = 0; index < call.count() && arguments.length() < 128; index++) {
            int shown = Math.min(128 - arguments.length(), call.bytes(index).length);
            arguments.append('\'').append(call.text(index), 0, shown).append("' ");
        }
        String name = Resp.latin1(call.words().get(0));
        String message = "ERR unknown command '" + name.substring(0, Math.min(128, name.length()))
            + "', with args beginning with: " + arguments;
        // A line end would end the reply.
        return new CommandError(message.replaceAll("[\r\n]", " "));
    }

    private static Reply ping(Call call) {
        if (call.count() > 1) throw call.wrongArity();
        //@ stage 9
        // A subscriber reads nothing but arrays.
        if (!call.client().channels.isEmpty()) return array(bulk("pong"), call.count() == 0 ? bulk("") : bulk(call.bytes(0)));
        //@ end
        return call.count() == 0 ? simple("PONG") : bulk(call.bytes(0));
    }

    private static Reply quit(Call call) {
        call.client().close();
        return OK;
    }

    private static Reply select(Call call) {
        if (call.integer(0) != 0) throw new CommandError("ERR DB index is out of range");
        return OK;
    }
    //@ stage 13

    /** What redis-benchmark notes beside its figures; nothing else is told. */
    private static Reply config(Call call) {
        String name = call.count() < 2 ? "" : call.text(1);
        return switch (name.toLowerCase(Locale.ROOT)) {
            case "save" -> array(bulk(name), bulk(""));
            case "appendonly" -> array(bulk(name), bulk(call.server().settings.appendOnly ? "yes" : "no"));
            default -> array();
        };
    }
    //@ end

    //@ stage 4-4
    private static Reply set(Call call) {
        Store store = call.store();
        String key = call.text(0);
        String condition = "";
        boolean wantsOld = false;
        for (int index = 2; index < call.count(); index++) {
            String option = call.text(index).toUpperCase(Locale.ROOT);
            boolean isCondition = option.equals("NX") || option.equals("XX");
            if (isCondition && (condition.isEmpty() || condition.equals(option))) condition = option;
            else if (option.equals("GET")) wantsOld = true;
            else throw new CommandError("ERR syntax error");
        }
        Reply old = wantsOld ? bulk(store.get(key)) : null;
        if (!condition.isEmpty() && store.has(key) != condition.equals("XX")) return wantsOld ? old : NULL;
        store.set(key, call.bytes(1));
        return wantsOld ? old : OK;
    }
    //@ end
    //@ stage 5
    private static Reply set(Call call) {
        Store store = call.store();
        String key = call.text(0);
        String condition = "";
        String lifetime = "";
        boolean wantsOld = false;
        long expiresAt = Store.NEVER;
        for (int index = 2; index < call.count(); index++) {
            String option = call.text(index).toUpperCase(Locale.ROOT);
            boolean isCondition = option.equals("NX") || option.equals("XX");
            if (isCondition && (condition.isEmpty() || condition.equals(option))) {
                condition = option;
            } else if (option.equals("GET")) {
                wantsOld = true;
            } else if (option.equals("KEEPTTL") && (lifetime.isEmpty() || lifetime.equals(option))) {
                lifetime = option;
            } else if (LIFETIMES.containsKey(option) && lifetime.isEmpty() && index + 1 < call.count()) {
                lifetime = option;
                index++;
                if (call.integer(index) <= 0) throw invalidExpiry(call);
                //@ stage 5-7
                expiresAt = moment(call, index, LIFETIMES.get(option), store.now);
                //@ end
                //@ stage 8
                expiresAt = moment(call, index, LIFETIMES.get(option), option.endsWith("AT") ? 0 : store.now);
                //@ end
            } else {
                throw new CommandError("ERR syntax error");
            }
        }
        if (lifetime.equals("KEEPTTL") && store.has(key)) expiresAt = store.find(key).expiresAt;
        Reply old = wantsOld ? bulk(store.get(key)) : null;
        if (!condition.isEmpty() && store.has(key) != condition.equals("XX")) return wantsOld ? old : NULL;
        store.set(key, call.bytes(1), expiresAt);
        return wantsOld ? old : OK;
    }
    //@ end

    private static Reply mget(Call call) {
        List<Reply> values = new ArrayList<>();
        for (String key : call.texts()) values.add(bulk(call.store().get(key)));
        return array(values);
    }

    private static Reply mset(Call call) {
        if (call.count() % 2 != 0) throw call.wrongArity();
        for (int index = 0; index < call.count(); index += 2) {
            //@ stage 4-4
            call.store().set(call.text(index), call.bytes(index + 1));
            //@ end
            //@ stage 5
            call.store().set(call.text(index), call.bytes(index + 1), Store.NEVER);
            //@ end
        }
        return OK;
    }

    private static Reply count(Call call, Predicate<String> holds) {
        int count = 0;
        for (String key : call.texts()) {
            if (holds.test(key)) count++;
        }
        return integer(count);
    }

    private static Reply decrby(Call call) {
        long by = call.integer(1);
        // The least number has no counterpart.
        if (by == Long.MIN_VALUE) throw new CommandError("ERR decrement would overflow");
        return add(call, -by);
    }

    private static Reply add(Call call, long by) {
        String key = call.text(0);
        //@ stage 4-4
        byte[] value = call.store().get(key);
        long sum = plus(value == null ? 0 : Call.integerOf(value), by);
        call.store().set(key, Resp.latin1(Long.toString(sum)));
        //@ end
        //@ stage 5
        Store.Entry entry = call.store().find(key);
        long sum = plus(entry == null ? 0 : Call.integerOf(entry.value), by);
        call.store().set(key, Resp.latin1(Long.toString(sum)), entry == null ? Store.NEVER : entry.expiresAt);
        //@ end
        return integer(sum);
    }

    private static long plus(long value, long by) {
        try {
            return Math.addExact(value, by);
        } catch (ArithmeticException error) {
            throw new CommandError("ERR increment or decrement would overflow");
        }
    }

    private static Reply flush(Call call) {
        call.store().clear();
        return OK;
    }
    //@ stage 5

    /** What is left in {@code unit} milliseconds; -1 for a key that stays, -2 for none. */
    private static long timeToLive(Call call, int unit) {
        Store.Entry entry = call.store().find(call.text(0));
        if (entry == null) return -2;
        return entry.expiresAt == Store.NEVER ? -1 : Math.round((double) (entry.expiresAt - call.store().now) / unit);
    }

    private static Reply persist(Call call) {
        Store.Entry entry = call.store().find(call.text(0));
        if (entry == null || entry.expiresAt == Store.NEVER) return integer(0);
        call.store().expireAt(entry.key, Store.NEVER);
        return integer(1);
    }

    private static Reply expire(Call call, int unit, long start) {
        return integer(call.store().expireAt(call.text(0), moment(call, 1, unit, start)) ? 1 : 0);
    }

    /** The moment that lies an argument times {@code unit} milliseconds after {@code start}. */
    private static long moment(Call call, int index, int unit, long start) {
        long amount = call.integer(index);
        try {
            return Math.addExact(Math.multiplyExact(amount, unit), start);
        } catch (ArithmeticException error) {
            throw invalidExpiry(call);
        }
    }

    private static CommandError invalidExpiry(Call call) {
        return new CommandError("ERR invalid expire time in '" + call.name() + "' command");
    }
    //@ end

    private Commands() {}
}
