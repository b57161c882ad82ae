//@ file 10
//@ stage 14
// roadmap: observability
//@ end
package cache;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What INFO tells. */
final class Info {
    static final Map<String, Commands.Spec> COMMANDS = Map.of("info", new Commands.Spec(-1, Info::info));
    //@ stage 14

    private static final long STARTED_AT = System.nanoTime();
    //@ end

    private static final Map<String, Function<Server, Map<String, Object>>> SECTIONS = new LinkedHashMap<>();

    static {
        //@ stage 14
        SECTIONS.put("Server", Info::server);
        SECTIONS.put("Clients", Info::clients);
        SECTIONS.put("Memory", Info::memory);
        SECTIONS.put("Persistence", server -> Map.of("aof_enabled", server.settings.appendOnly ? 1 : 0));
        SECTIONS.put("Stats", Info::stats);
        //@ end
        SECTIONS.put("Replication", Info::replication);
        //@ stage 12
        SECTIONS.put("Cluster", server -> Map.of("cluster_enabled", server.cluster == null ? 0 : 1));
        //@ end
        //@ stage 14
        SECTIONS.put("Keyspace", Info::keyspace);
        //@ end
    }

    private static Reply info(Call call) {
        Set<String> asked = call.texts().stream().map(name -> name.toLowerCase(Locale.ROOT)).collect(Collectors.toSet());
        boolean all = asked.isEmpty() || asked.contains("all") || asked.contains("default") || asked.contains("everything");
        StringJoiner sections = new StringJoiner("\r\n");
        SECTIONS.forEach((name, fields) -> {
            if (!all && !asked.contains(name.toLowerCase(Locale.ROOT))) return;
            StringBuilder section = new StringBuilder("# " + name + "\r\n");
            fields.apply(call.server()).forEach((field, value) -> section.append(field + ":" + value + "\r\n"));
            sections.add(section);
        });
        return Reply.bulk(sections.toString());
    }
    //@ stage 14

    private static Map<String, Object> server(Server server) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("redis_version", "7.0.15");
        fields.put("process_id", ProcessHandle.current().pid());
        fields.put("tcp_port", server.settings.port);
        fields.put("uptime_in_seconds", (System.nanoTime() - STARTED_AT) / 1_000_000_000);
        return fields;
    }

    private static Map<String, Object> clients(Server server) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("connected_clients", server.clients.size() - server.replication.replicas.size());
        fields.put("maxclients", server.settings.maxClients);
        return fields;
    }

    private static Map<String, Object> memory(Server server) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("used_memory", server.store.memory());
        fields.put("maxmemory", server.settings.maxMemory);
        fields.put("maxmemory_policy", server.settings.evicts ? "allkeys-lru" : "noeviction");
        return fields;
    }

    private static Map<String, Object> stats(Server server) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("total_connections_received", server.connectionsSoFar);
        fields.put("total_commands_processed", server.commandsSoFar);
        fields.put("rejected_connections", server.rejectionsSoFar);
        fields.put("expired_keys", server.store.expired);
        fields.put("evicted_keys", server.store.evicted);
        fields.put("keyspace_hits", server.store.hits);
        fields.put("keyspace_misses", server.store.misses);
        return fields;
    }
    //@ end

    private static Map<String, Object> replication(Server server) {
        Replication replication = server.replication;
        LeaderLink leader = replication.leader;
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("role", leader == null ? "master" : "slave");
        if (leader != null) {
            fields.put("master_host", leader.host);
            fields.put("master_port", leader.port);
            fields.put("master_link_status", leader.isUp ? "up" : "down");
            fields.put("slave_repl_offset", leader.offset);
            fields.put("slave_read_only", 1);
        }
        fields.put("connected_slaves", replication.replicas.size());
        int index = 0;
        for (Map.Entry<Client, Replication.Replica> entry : replication.replicas.entrySet()) {
            Client client = entry.getKey();
            long acknowledged = entry.getValue().acknowledged;
            fields.put("slave" + index++, "ip=" + client.address() + ",port=" + client.listeningPort
                + ",state=" + (acknowledged < 0 ? "send_bulk" : "online") + ",offset=" + Math.max(0, acknowledged));
        }
        fields.put("master_replid", replication.id);
        fields.put("master_repl_offset", leader == null ? replication.offset : leader.offset);
        return fields;
    }
    //@ stage 14

    private static Map<String, Object> keyspace(Server server) {
        int size = server.store.size();
        if (size == 0) return Map.of();
        return Map.of("db0", "keys=" + size + ",expires=" + server.store.expiringSize() + ",avg_ttl=0");
    }
    //@ end

    private Info() {}
}
