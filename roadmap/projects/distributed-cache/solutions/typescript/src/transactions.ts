//@ file 6
// roadmap: transactions-consistency
import type { Commands } from './commands.js';
import { array, failure, ok, simple, type Reply } from './resp.js';

/** What a client has queued since MULTI. */
export class Transaction {
  /** A command could not be queued: the rest must not run without it. */
  broken = false;
  private readonly queue: (() => Reply)[] = [];

  add(command: () => Reply): Reply {
    this.queue.push(command);
    return simple('QUEUED');
  }

  /** Nothing comes between the commands: a turn of the event loop belongs to one client. */
  run(): Reply[] {
    return this.queue.map((command) => command());
  }
}

export const transactionCommands: Commands = {
  multi: {
    arity: 1,
    control: true,
    run: (_args, _server, client) => {
      if (client.transaction !== undefined) return failure('ERR MULTI calls can not be nested');
      client.transaction = new Transaction();
      return ok;
    },
  },
  exec: {
    arity: 1,
    control: true,
    run: (_args, _server, client) => {
      const { transaction } = client;
      if (transaction === undefined) return failure('ERR EXEC without MULTI');
      const reply = transaction.broken
        ? failure('EXECABORT Transaction discarded because of previous errors.')
        : array(transaction.run());
      client.transaction = undefined;
      return reply;
    },
  },
  discard: {
    arity: 1,
    control: true,
    run: (_args, _server, client) => {
      if (client.transaction === undefined) return failure('ERR DISCARD without MULTI');
      client.transaction = undefined;
      return ok;
    },
  },
};
