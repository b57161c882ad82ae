#@ file 10
#@ stage 14
# roadmap: observability

#@ end
from __future__ import annotations

#@ stage 14
import os
import time
#@ end
from typing import TYPE_CHECKING, Callable, Union

from .resp import Reply
from .table import CommandTable

if TYPE_CHECKING:
    from .client import Client
    from .server import Server

Fields = dict[str, Union[str, int]]
#@ stage 14

_started = time.monotonic()


def server_fields(server: Server) -> Fields:
    return {
        "redis_version": "7.0.15",
        "process_id": os.getpid(),
        "tcp_port": server.settings.port,
        "uptime_in_seconds": int(time.monotonic() - _started),
    }


def clients_fields(server: Server) -> Fields:
    return {
        "connected_clients": len(server.clients) - len(server.replication.replicas),
        "maxclients": server.settings.max_clients,
    }


def memory_fields(server: Server) -> Fields:
    return {
        "used_memory": server.store.memory,
        "maxmemory": server.settings.max_memory,
        "maxmemory_policy": "allkeys-lru" if server.settings.evicts else "noeviction",
    }


def persistence_fields(server: Server) -> Fields:
    return {"aof_enabled": int(server.settings.append_only)}


def stats_fields(server: Server) -> Fields:
    return {
        "total_connections_received": server.connection_count,
        "total_commands_processed": server.command_count,
        "rejected_connections": server.rejected_count,
        "expired_keys": server.store.expired_count,
        "evicted_keys": server.store.evicted_count,
        "keyspace_hits": server.store.hit_count,
        "keyspace_misses": server.store.miss_count,
    }
#@ end


def replication_fields(server: Server) -> Fields:
    replication = server.replication
    leader = replication.leader
    fields: Fields = {"role": "master" if leader is None else "slave"}
    if leader is not None:
        fields.update(
            master_host=leader.host,
            master_port=leader.port,
            master_link_status="up" if leader.is_up else "down",
            slave_repl_offset=leader.offset,
            slave_read_only=1,
        )
    fields["connected_slaves"] = len(replication.replicas)
    for index, (client, replica) in enumerate(replication.replicas.items()):
        state = "send_bulk" if replica.acknowledged < 0 else "online"
        address = f"ip={client.address},port={client.listening_port}"
        fields[f"slave{index}"] = f"{address},state={state},offset={max(0, replica.acknowledged)},lag=0"
    fields["master_replid"] = replication.id
    fields["master_repl_offset"] = replication.offset if leader is None else leader.offset
    return fields
#@ stage 12


def cluster_fields(server: Server) -> Fields:
    return {"cluster_enabled": int(server.cluster is not None)}
#@ end
#@ stage 14


def keyspace_fields(server: Server) -> Fields:
    store = server.store
    return {"db0": f"keys={len(store)},expires={store.expiring},avg_ttl=0"} if len(store) > 0 else {}
#@ end


_SECTIONS: dict[str, Callable[[Server], Fields]] = {
    #@ stage 14
    "Server": server_fields,
    "Clients": clients_fields,
    "Memory": memory_fields,
    "Persistence": persistence_fields,
    "Stats": stats_fields,
    #@ end
    "Replication": replication_fields,
    #@ stage 12
    "Cluster": cluster_fields,
    #@ end
    #@ stage 14
    "Keyspace": keyspace_fields,
    #@ end
}

info_commands = CommandTable()


@info_commands.add("info", arity=-1)
def info(client: Client, *names: bytes) -> Reply:
    asked = {name.decode("latin-1").lower() for name in names}
    everything = not asked or asked & {"all", "default", "everything"}
    texts = []
    for section, fields_of in _SECTIONS.items():
        if everything or section.lower() in asked:
            lines = (f"{name}:{value}\r\n" for name, value in fields_of(client.server).items())
            texts.append(f"# {section}\r\n{''.join(lines)}")
    return "\r\n".join(texts).encode()
