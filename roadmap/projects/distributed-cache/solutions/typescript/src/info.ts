//@ file 10
//@ stage 14
// roadmap: observability
//@ end
import type { Commands } from './commands.js';
import { bulk } from './resp.js';
import type { Server } from './server.js';

type Fields = Readonly<Record<string, string | number>>;

/** What INFO tells, by section. */
const sections: Readonly<Record<string, (server: Server) => Fields>> = {
  //@ stage 14
  server: (server) => ({
    redis_version: '7.0.15',
    process_id: process.pid,
    tcp_port: server.settings.port,
    uptime_in_seconds: Math.floor(process.uptime()),
  }),
  clients: (server) => ({
    connected_clients: server.clients.size - server.replication.replicas.size,
    maxclients: server.settings.maxClients,
  }),
  memory: ({ store, settings }) => ({
    used_memory: store.memory,
    used_memory_rss: process.memoryUsage.rss(),
    maxmemory: settings.maxMemory,
    maxmemory_policy: settings.evicts ? 'allkeys-lru' : 'noeviction',
  }),
  persistence: ({ settings }) => ({ aof_enabled: settings.appendOnly ? 1 : 0 }),
  stats: ({ store, counts }) => ({
    total_connections_received: counts.connections,
    total_commands_processed: counts.commands,
    rejected_connections: counts.rejected,
    expired_keys: store.counts.expired,
    evicted_keys: store.counts.evicted,
    keyspace_hits: store.counts.hits,
    keyspace_misses: store.counts.misses,
  }),
  //@ end
  replication: ({ replication }) => {
    const { leader } = replication;
    const replicas = [...replication.replicas].map(([{ address, listeningPort }, { acknowledged }], index) => {
      const state = acknowledged < 0 ? 'send_bulk' : 'online';
      return [`slave${index}`, `ip=${address},port=${listeningPort},state=${state},offset=${Math.max(0, acknowledged)},lag=0`];
    });
    return {
      role: leader === undefined ? 'master' : 'slave',
      ...leader !== undefined && {
        master_host: leader.host,
        master_port: leader.port,
        master_link_status: leader.isUp ? 'up' : 'down',
        slave_repl_offset: leader.offset,
        slave_read_only: 1,
      },
      connected_slaves: replicas.length,
      ...Object.fromEntries(replicas),
      master_replid: replication.id,
      master_repl_offset: leader?.offset ?? replication.offset,
    };
  },
  //@ stage 12
  cluster: ({ cluster }) => ({ cluster_enabled: cluster === undefined ? 0 : 1 }),
  //@ end
  //@ stage 14
  keyspace: ({ store }): Fields =>
    (store.size === 0 ? {} : { db0: `keys=${store.size},expires=${store.expiringSize},avg_ttl=0` }),
  //@ end
};

export const infoCommands: Commands = {
  info: {
    arity: -1,
    run: (args, server) => {
      const asked = new Set(args.map((name) => name.toString('latin1').toLowerCase()));
      const all = asked.size === 0 || ['all', 'default', 'everything'].some((name) => asked.has(name));
      const texts = Object.entries(sections)
        .filter(([name]) => all || asked.has(name))
        .map(([name, fieldsOf]) => {
          const lines = Object.entries(fieldsOf(server)).map(([field, value]) => `${field}:${value}\r\n`);
          return `# ${name.slice(0, 1).toUpperCase()}${name.slice(1)}\r\n${lines.join('')}`;
        });
      return bulk(texts.join('\r\n'));
    },
  },
};
