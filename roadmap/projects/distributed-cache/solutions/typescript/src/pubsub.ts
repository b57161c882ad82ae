//@ file 9
// roadmap: event-driven-systems
import type { Commands } from './commands.js';
import { array, bulk, encode, integer, several, type Reply } from './resp.js';
import type { Client } from './server.js';

/** Who listens to which channel. A message goes to those who listen now; nothing is kept. */
export class PubSub {
  /** By the channel's name, as Latin-1. */
  private readonly subscribers = new Map<string, Set<Client>>();

  subscribe(client: Client, channel: string): void {
    const subscribers = this.subscribers.get(channel) ?? new Set();
    this.subscribers.set(channel, subscribers.add(client));
    client.channels.add(channel);
  }

  unsubscribe(client: Client, channel: string): void {
    const subscribers = this.subscribers.get(channel);
    subscribers?.delete(client);
    if (subscribers?.size === 0) this.subscribers.delete(channel);
    client.channels.delete(channel);
  }

  leave(client: Client): void {
    for (const channel of client.channels) this.unsubscribe(client, channel);
  }

  /** @returns to how many clients the message goes */
  publish(channel: Buffer, message: Buffer): number {
    const subscribers = this.subscribers.get(channel.toString('latin1'));
    if (subscribers === undefined) return 0;
    const bytes = encode(array([bulk('message'), bulk(channel), bulk(message)]));
    for (const subscriber of subscribers) subscriber.push(bytes);
    return subscribers.size;
  }
}

export const pubsubCommands: Commands = {
  publish: { arity: 3, run: ([channel, message], { pubsub }) => integer(pubsub.publish(channel, message)) },
  subscribe: {
    arity: -2,
    whileSubscribed: true,
    run: (channels, { pubsub }, client) => several(channels.map((channel) => {
      pubsub.subscribe(client, channel.toString('latin1'));
      return acknowledge('subscribe', channel, client);
    })),
  },
  unsubscribe: {
    arity: -1,
    whileSubscribed: true,
    run: (args, { pubsub }, client) => {
      const channels = args.length > 0 ? args : [...client.channels].map((name) => Buffer.from(name, 'latin1'));
      if (channels.length === 0) return acknowledge('unsubscribe', undefined, client);
      return several(channels.map((channel) => {
        pubsub.unsubscribe(client, channel.toString('latin1'));
        return acknowledge('unsubscribe', channel, client);
      }));
    },
  },
};

function acknowledge(what: string, channel: Buffer | undefined, client: Client): Reply {
  return array([bulk(what), bulk(channel), integer(client.channels.size)]);
}
