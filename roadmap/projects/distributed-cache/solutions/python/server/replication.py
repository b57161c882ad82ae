#@ file 10
# roadmap: replication-partitioning

from __future__ import annotations

import asyncio
import secrets
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Optional

from .aof import set_command
from .client import Client
from .resp import NO_REPLY, OK, Command, CommandReader, Reply, encode_command, parse_integer
from .table import CommandError, CommandTable

if TYPE_CHECKING:
    from .server import Server

# What a full copy begins with, as Redis does it: an RDB file. Ours is always empty, the data follow as commands.
_EMPTY_RDB = b"REDIS0009\xff" + bytes(8)
_ASK_FOR_OFFSET = encode_command([b"REPLCONF", b"GETACK", b"*"])
_MEBIBYTE = 1024 * 1024
# A leader says something every ten seconds. One that is silent for so many is gone, even if nobody hung up.
_LONGEST_SILENCE = 60


@dataclass
class Replica:
    """What a leader knows of one of its replicas."""

    # How many bytes it got that the others did not: its copy. The offsets that it sends count them.
    copied: int
    # With more unread bytes it is dropped, and may begin again.
    most_unread: int
    # How much of the stream it has, as far as it told; -1 before it has its copy.
    acknowledged: int = -1


#@ stage 11
@dataclass(eq=False)
class Waiter:
    """A client whose WAIT is not answered yet."""

    client: Client
    replicas: int
    timer: Optional[asyncio.TimerHandle] = None


#@ end
class Replication:
    """This server's part in replication: a leader has replicas, a replica has a leader (and may have replicas, too)."""

    def __init__(self, server: Server) -> None:
        self._server = server
        # Names the history of writes that begins here.
        self.id = secrets.token_hex(20)
        # The length of the stream of writes so far, which all replicas get alike.
        self.offset = 0
        self.replicas: dict[Client, Replica] = {}
        self.leader: Optional[LeaderLink] = None
        #@ stage 11
        self._waiters: set[Waiter] = set()
        #@ end
        self._beats = 0

    def start(self, replica_of: str) -> None:
        host, _, port = replica_of.partition(" ")
        if host:
            self.follow(host, int(port))
        self._beat()

    def follow(self, host: str, port: int) -> None:
        if self.leader is not None:
            self.leader.stop()
        self.leader = LeaderLink(self._server, host, port)
        self._server.store.follows = True

    #@ stage 11
    def lead(self) -> None:
        """Stands on its own from now on, with the data that it has."""
        if self.leader is not None:
            self.leader.stop()
        self.leader = None
        self._server.store.follows = False

    #@ end
    def welcome(self, client: Client) -> None:
        """Sends all data to a new replica.

        Nothing can be written meanwhile, so the stream continues exactly where the copy ends.
        """
        store = self._server.store
        copy = b"".join(encode_command(set_command(key, value, store.expires_at(key))) for key, value in store.items())
        client.push(b"+FULLRESYNC %b %d\r\n$%d\r\n" % (self.id.encode(), self.offset, len(_EMPTY_RDB)))
        client.push(_EMPTY_RDB)
        client.push(copy)
        self.replicas[client] = Replica(copied=len(copy), most_unread=256 * _MEBIBYTE + len(copy))
        # This tells the replica that the copy ends here, and its answer tells that it has arrived.
        self.feed(_ASK_FOR_OFFSET)

    def feed(self, data: bytes) -> None:
        """Continues the stream."""
        if not self.replicas:
            return
        self.offset += len(data)
        for client in self.replicas:
            client.push(data)

    def acknowledge(self, client: Client, offset: int) -> None:
        replica = self.replicas.get(client)
        if replica is None:
            return
        replica.acknowledged = offset - replica.copied
        #@ stage 11
        for waiter in list(self._waiters):
            if self._count_up_to(waiter.client.last_write) >= waiter.replicas:
                self._answer(waiter)
        #@ end

    def leave(self, client: Client) -> None:
        self.replicas.pop(client, None)
        #@ stage 11
        self._waiters = {waiter for waiter in self._waiters if waiter.client is not client}
        #@ end

    #@ stage 11
    def wait(self, client: Client, replicas: int, milliseconds: int) -> Reply:
        """Answers how many replicas have all that client has written, once they are so many or the time is over."""
        count = self._count_up_to(client.last_write)
        # In a transaction, nobody can wait.
        if count >= replicas or client.transaction is not None:
            return count
        self.feed(_ASK_FOR_OFFSET)
        waiter = Waiter(client, replicas)
        if milliseconds > 0:
            waiter.timer = asyncio.get_running_loop().call_later(milliseconds / 1000, self._answer, waiter)
        self._waiters.add(waiter)
        client.blocked = True
        return NO_REPLY

    def _answer(self, waiter: Waiter) -> None:
        if waiter.timer is not None:
            waiter.timer.cancel()
        if waiter in self._waiters:
            self._waiters.remove(waiter)
            waiter.client.resume(self._count_up_to(waiter.client.last_write))

    def _count_up_to(self, offset: int) -> int:
        return sum(replica.acknowledged >= offset for replica in self.replicas.values())

    #@ end
    def _beat(self) -> None:
        """Once a second: shows the other side that this one is alive, and how far it is."""
        asyncio.get_running_loop().call_later(1, self._beat)
        if self.leader is not None:
            self.leader.beat()
        self._beats += 1
        if self._beats % 10 == 0:
            self.feed(encode_command([b"PING"]))


class LeaderLink:
    """A replica's connection to its leader, made anew whenever it is lost."""

    def __init__(self, server: Server, host: str, port: int) -> None:
        self._server = server
        self.host = host
        self.port = port
        # Whether the copy is complete, so that the data here are the leader's.
        self.is_up = False
        # How far this replica is in the leader's stream.
        self.offset = 0
        self._writer: Optional[asyncio.StreamWriter] = None
        self._loop = asyncio.get_running_loop()
        self._last_heard = 0.0
        self._task = self._loop.create_task(self._run())

    def stop(self) -> None:
        """Nothing of the leader takes place any more after this."""
        self._task.cancel()

    def beat(self) -> None:
        if self._writer is not None and self._loop.time() - self._last_heard > _LONGEST_SILENCE:
            self._writer.transport.abort()
        elif self.is_up:
            self._acknowledge()

    def _acknowledge(self) -> None:
        self._send([b"REPLCONF", b"ACK", b"%d" % self.offset])

    def _send(self, command: Command) -> None:
        if self._writer is not None:
            self._writer.write(encode_command(command))

    async def _run(self) -> None:
        complaint = ""
        while True:
            try:
                await self._follow()
            except (OSError, EOFError, ValueError) as error:
                text = f"Leader {self.host}:{self.port}: {error}"
                if text != complaint:
                    print(text, file=sys.stderr)
                complaint = text
            await asyncio.sleep(0.2)

    async def _follow(self) -> None:
        """Asks for a copy, then does as the leader does, until the connection is lost: that is an exception."""
        reader, self._writer = await asyncio.open_connection(self.host, self.port)
        self._last_heard = self._loop.time()
        try:
            await self._ask_for_copy(reader)
            # What this server has may be from another time, or never have reached the leader. The copy takes its place.
            session = Client(self._server)
            self._server.execute(session, [b"FLUSHALL"])
            await self._obey(reader, session)
        finally:
            self.is_up = False
            self._writer.close()
            self._writer = None

    async def _ask_for_copy(self, reader: asyncio.StreamReader) -> None:
        answer = b""
        for request in (
            [b"PING"],
            [b"REPLCONF", b"listening-port", b"%d" % self._server.settings.port],
            [b"REPLCONF", b"capa", b"eof", b"capa", b"psync2"],
            [b"PSYNC", b"?", b"-1"],
        ):
            self._send(request)
            answer = await reader.readline()
            if not answer.startswith(b"+"):
                raise ValueError(f"it answers {answer!r}")
        _, _, offset = answer.split()
        self.offset = int(offset)
        if await reader.readline() != b"$%d\r\n" % len(_EMPTY_RDB):
            raise ValueError("its copy is an RDB file with data, which this server does not read")
        await reader.readexactly(len(_EMPTY_RDB))

    async def _obey(self, reader: asyncio.StreamReader, session: Client) -> None:
        commands = CommandReader()
        start = self.offset
        while piece := await reader.read(65536):
            self._last_heard = self._loop.time()
            commands.push(piece)
            while (command := commands.next()) is not None:
                name = command[0].upper()
                # These two the leader says of the present, so the copy is behind us.
                if name in (b"PING", b"REPLCONF"):
                    self.is_up = True
                if name == b"REPLCONF":
                    self._acknowledge()
                else:
                    self._server.execute(session, command)
                self.offset = start + commands.position
        raise EOFError("the connection was closed")


replication_commands = CommandTable()


@replication_commands.add("replconf", arity=-1)
def replconf(client: Client, *arguments: bytes) -> Reply:
    if len(arguments) % 2 != 0:
        raise CommandError("ERR syntax error")
    for option, value in zip(arguments[::2], arguments[1::2]):
        if option.lower() == b"listening-port":
            client.listening_port = parse_integer(value) or 0
        elif option.lower() == b"ack":
            client.server.replication.acknowledge(client, parse_integer(value) or 0)
            return NO_REPLY
    return OK


@replication_commands.add("psync", arity=3)
def psync(client: Client, replication_id: bytes, offset: bytes) -> Reply:
    client.server.replication.welcome(client)
    return NO_REPLY
#@ stage 11


@replication_commands.add("wait", arity=3)
def wait(client: Client, replicas: bytes, timeout: bytes) -> Reply:
    replication = client.server.replication
    if replication.leader is not None:
        raise CommandError(
            "ERR WAIT cannot be used with replica instances. Please also note that since Redis 4.0 if a replica is"
            " configured to be writable (which is not the default) writes to replicas are just local and are not"
            " propagated."
        )
    count, milliseconds = parse_integer(replicas), parse_integer(timeout)
    if count is None:
        raise CommandError("ERR value is not an integer or out of range")
    if milliseconds is None:
        raise CommandError("ERR timeout is not an integer or out of range")
    if milliseconds < 0:
        raise CommandError("ERR timeout is negative")
    return replication.wait(client, count, milliseconds)


@replication_commands.add("replicaof", arity=3)
@replication_commands.add("slaveof", arity=3)
def replicaof(client: Client, host: bytes, port: bytes) -> Reply:
    replication = client.server.replication
    if (host.lower(), port.lower()) == (b"no", b"one"):
        replication.lead()
    elif port.isdigit() and len(port) <= 5:
        replication.follow(host.decode("latin-1"), int(port))
    else:
        raise CommandError("ERR Invalid master port")
    return OK
#@ end
