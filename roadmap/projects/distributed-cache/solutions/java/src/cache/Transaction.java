//@ file 6
// roadmap: transactions-consistency
package cache;

import static cache.Reply.*;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** What a client has queued since MULTI. */
final class Transaction {
    static final Map<String, Commands.Spec> COMMANDS = Map.of(
        "multi", new Commands.Spec(1, Transaction::multi),
        "exec", new Commands.Spec(1, Transaction::exec),
        "discard", new Commands.Spec(1, Transaction::discard));

    /** A command could not be queued: the rest must not run without it. */
    boolean broken;
    private final List<Supplier<Reply>> queue = new ArrayList<>();

    Reply add(Supplier<Reply> command) {
        queue.add(command);
        return simple("QUEUED");
    }

    private static Reply multi(Call call) {
        if (call.client().transaction != null) return failure("ERR MULTI calls can not be nested");
        call.client().transaction = new Transaction();
        return OK;
    }

    /** Nothing comes between the commands: EXEC is one command, which holds the lock from the first to the last of them. */
    private static Reply exec(Call call) {
        Transaction transaction = call.client().transaction;
        if (transaction == null) return failure("ERR EXEC without MULTI");
        Reply reply = transaction.broken
            ? failure("EXECABORT Transaction discarded because of previous errors.")
            : array(transaction.queue.stream().map(Supplier::get).toList());
        call.client().transaction = null;
        return reply;
    }

    private static Reply discard(Call call) {
        if (call.client().transaction == null) return failure("ERR DISCARD without MULTI");
        call.client().transaction = null;
        return OK;
    }
}
