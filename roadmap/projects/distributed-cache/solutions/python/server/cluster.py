#@ file 12
# roadmap: load-balancing-strategies

from __future__ import annotations

import hashlib
import re
from binascii import crc_hqx
from dataclasses import dataclass
from typing import TYPE_CHECKING, Callable

from .resp import OK, Command, Reply
from .table import CommandError, CommandTable, wrong_arity

if TYPE_CHECKING:
    from .client import Client

_SLOT_COUNT = 16384

_FIRST_WORD = slice(1, 2)
# Where in a command its keys are.
_KEYS = {
    **dict.fromkeys((b"get", b"set", b"type", b"incr", b"incrby", b"decr", b"decrby"), _FIRST_WORD),
    **dict.fromkeys((b"ttl", b"pttl", b"persist", b"expire", b"pexpire", b"expireat", b"pexpireat"), _FIRST_WORD),
    **dict.fromkeys((b"mget", b"del", b"exists"), slice(1, None)),
    b"mset": slice(1, None, 2),
}


@dataclass(frozen=True)
class ClusterNode:
    id: str
    host: str
    port: int
    first_slot: int
    last_slot: int


class Cluster:
    """Who has which slots, as all nodes were told at their start."""

    def __init__(self, layout: str, port: int) -> None:
        """The layout is like 127.0.0.1:7001=0-5460,127.0.0.1:7002=5461-16383; this node is the one at port."""
        self.nodes = [parse_node(text) for text in layout.split(",")]
        own = [node for node in self.nodes if node.port == port]
        if not own:
            raise ValueError(f'CLUSTER_NODES is "{layout}", where no node has the port {port} of this one.')
        self.me = own[0]

    def check(self, name: bytes, command: Command) -> None:
        """Raises CommandError, which says why, when a command is not for this node."""
        positions = _KEYS.get(name)
        if positions is None:
            return
        slot, *others = {key_slot(key) for key in command[positions]}
        if others:
            raise CommandError("CROSSSLOT Keys in request don't hash to the same slot")
        if self.me.first_slot <= slot <= self.me.last_slot:
            return
        for node in self.nodes:
            if node.first_slot <= slot <= node.last_slot:
                raise CommandError(f"MOVED {slot} {node.host}:{node.port}")
        raise CommandError("CLUSTERDOWN Hash slot not served")


def parse_node(text: str) -> ClusterNode:
    match = re.fullmatch(r"(.+):([0-9]+)=([0-9]+)-([0-9]+)", text)
    if match is None:
        raise ValueError(f'CLUSTER_NODES has "{text}" where a node should be: write 127.0.0.1:7001=0-5460.')
    host, port, first_slot, last_slot = match.groups()
    # Every node gives every node the same name, without a word between them.
    node_id = hashlib.sha1(f"{host}:{port}".encode()).hexdigest()
    return ClusterNode(node_id, host, int(port), int(first_slot), int(last_slot))


def key_slot(key: bytes) -> int:
    """What is between the first { and the next }, if that is anything, decides alone: so related keys stay together."""
    start = key.find(b"{")
    end = key.find(b"}", start + 1) if start >= 0 else -1
    if end > start + 1:
        key = key[start + 1 : end]
    # This is CRC-16/XMODEM, beginning with 0; Python has it under the name of a format that uses it.
    return crc_hqx(key, 0) % _SLOT_COUNT


cluster_commands = CommandTable()


@cluster_commands.add("cluster", arity=-2)
def cluster_(client: Client, subcommand: bytes, *arguments: bytes) -> Reply:
    cluster = cluster_of(client)
    name = subcommand.lower()
    if name == b"keyslot":
        if len(arguments) != 1:
            raise wrong_arity("cluster|keyslot")
        return key_slot(arguments[0])
    describe = _DESCRIPTIONS.get(name)
    if describe is None:
        raise CommandError(f"ERR unknown subcommand {subcommand.decode('latin-1')!r}. Try CLUSTER HELP.")
    return describe(cluster)


# A client says this before it reads from a replica. Here, every node is a leader.
@cluster_commands.add("readonly", arity=1)
@cluster_commands.add("readwrite", arity=1)
def readonly(client: Client) -> Reply:
    cluster_of(client)
    return OK


def cluster_of(client: Client) -> Cluster:
    if client.server.cluster is None:
        raise CommandError("ERR This instance has cluster support disabled")
    return client.server.cluster


def my_id(cluster: Cluster) -> Reply:
    return cluster.me.id.encode()


def state(cluster: Cluster) -> Reply:
    assigned = sum(node.last_slot - node.first_slot + 1 for node in cluster.nodes)
    lines = (
        f"cluster_state:{'ok' if assigned == _SLOT_COUNT else 'fail'}",
        f"cluster_slots_assigned:{assigned}",
        f"cluster_slots_ok:{assigned}",
        "cluster_slots_pfail:0",
        "cluster_slots_fail:0",
        f"cluster_known_nodes:{len(cluster.nodes)}",
        f"cluster_size:{len(cluster.nodes)}",
        "",
    )
    return "\r\n".join(lines).encode()


def nodes(cluster: Cluster) -> Reply:
    lines: list[str] = []
    for node in cluster.nodes:
        flags = "myself,master" if node is cluster.me else "master"
        address = f"{node.host}:{node.port}@{node.port + 10_000}"
        lines.append(f"{node.id} {address} {flags} - 0 0 1 connected {node.first_slot}-{node.last_slot}\n")
    return "".join(lines).encode()


def slots(cluster: Cluster) -> Reply:
    return [
        [node.first_slot, node.last_slot, [node.host.encode(), node.port, node.id.encode(), []]]
        for node in cluster.nodes
    ]


def shards(cluster: Cluster) -> Reply:
    return [[b"slots", [node.first_slot, node.last_slot], b"nodes", [describe_node(node)]] for node in cluster.nodes]


def describe_node(node: ClusterNode) -> Reply:
    # fmt: off
    return [
        b"id", node.id.encode(), b"port", node.port, b"ip", node.host.encode(), b"endpoint", node.host.encode(),
        b"role", b"master", b"replication-offset", 0, b"health", b"online",
    ]
    # fmt: on


_DESCRIPTIONS: dict[bytes, Callable[[Cluster], Reply]] = {
    b"myid": my_id,
    b"info": state,
    b"nodes": nodes,
    b"slots": slots,
    b"shards": shards,
}
