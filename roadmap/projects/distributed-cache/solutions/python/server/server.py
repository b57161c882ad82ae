# roadmap: tcp-udp-dns
# roadmap: io-and-ipc

#@ stage 1-1
import socket
from dataclasses import dataclass

from .resp import Command, Error, ProtocolError, Reply, Simple, encode, parse_command
#@ end
#@ stage 2
import asyncio
#@ stage 8
import sys
#@ end
from dataclasses import dataclass
#@ stage 8
from typing import Optional
#@ end

#@ stage 8
from .aof import AppendOnlyFile
#@ end
from .client import Client
#@ stage 12
from .cluster import Cluster
#@ end
#@ stage 5-7
from .commands import now
#@ end
#@ stage 8
from .commands import execute, now
#@ end
#@ stage 9
from .pubsub import PubSub
#@ end
#@ stage 10
from .replication import Replication
#@ end
#@ stage 8
from .resp import Command, Reply, encode_command
#@ end
#@ stage 4
from .store import Store
#@ end
#@ end


@dataclass(frozen=True)
class Settings:
    host: str
    port: int
    #@ stage 1-7
    # Where stage 8 keeps what must survive.
    #@ end
    #@ stage 8
    # Where the append-only file is kept.
    #@ end
    data_dir: str
    #@ stage 7
    # In bytes; 0 means without limit.
    max_memory: int
    # Whether keys are evicted when the limit is reached; else writes are refused.
    evicts: bool
    #@ end
    #@ stage 8
    # Whether every write is on disk before its reply.
    append_only: bool
    #@ end
    #@ stage 10
    # The leader's host and port with a blank between; empty for a leader.
    replica_of: str
    #@ end
    #@ stage 12
    # Which node has which slots; empty for a server that has all keys.
    cluster_nodes: str
    #@ end
    #@ stage 14
    max_clients: int
    #@ end


#@ stage 1-1
def serve(settings: Settings) -> None:
    """Listens and answers for as long as the program runs."""
    with socket.create_server((settings.host, settings.port)) as listener:
        while True:
            connection, _ = listener.accept()
            with connection:
                try:
                    talk(connection)
                except ConnectionError:
                    # A reset connection is the client's way of leaving.
                    pass


def talk(connection: socket.socket) -> None:
    """Answers one client until it leaves."""
    pending = b""
    while piece := connection.recv(65536):
        pending += piece
        try:
            while (parsed := parse_command(pending)) is not None:
                command, used = parsed
                pending = pending[used:]
                if command:
                    connection.sendall(encode(answer(command)))
        except ProtocolError as error:
            connection.sendall(encode(Error(f"ERR Protocol error: {error}")))
            return


def answer(command: Command) -> Reply:
    name, *arguments = command
    if name.upper() != b"PING":
        return Error(f"ERR unknown command '{name.decode('latin-1')}'")
    if len(arguments) > 1:
        return Error("ERR wrong number of arguments for 'ping' command")
    return arguments[0] if arguments else Simple("PONG")
#@ end
#@ stage 2-3
def serve(settings: Settings) -> None:
    """Listens and answers for as long as the program runs."""
    asyncio.run(listen(settings))


async def listen(settings: Settings) -> None:
    """One thread serves all: the event loop calls a client when something of it has arrived, and waits for nobody."""
    listener = await asyncio.get_running_loop().create_server(Client, settings.host, settings.port)
    await listener.serve_forever()
#@ end
#@ stage 4-13
def serve(settings: Settings) -> None:
    """Listens and answers for as long as the program runs."""
    asyncio.run(Server(settings).run())


#@ end
#@ stage 4
class Server:
    """What all clients share. One thread serves them, so nothing in here needs a lock."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.store = Store()
        #@ stage 9
        self.pubsub = PubSub()
        #@ end
        #@ stage 10
        self.replication = Replication(self)
        #@ end
        #@ stage 12
        self.cluster = Cluster(settings.cluster_nodes, settings.port) if settings.cluster_nodes else None
        #@ end
        #@ stage 14
        self.clients: set[Client] = set()
        self.connection_count = 0
        self.rejected_count = 0
        self.command_count = 0
        self._listener: Optional[asyncio.AbstractServer] = None
        #@ end
        #@ stage 8
        self.store.on_removal = self._record_removal
        # What the present command has changed so far, in the words of the log.
        self._effects: list[Command] = []
        self._log: Optional[AppendOnlyFile] = None
        # Those who get something when this turn of the event loop ends.
        self._waiting: set[Client] = set()
        self._turn_is_ending = False
        #@ end

    #@ stage 4-7
    async def run(self) -> None:
        settings = self.settings
        listener = await asyncio.get_running_loop().create_server(lambda: Client(self), settings.host, settings.port)
        #@ stage 5
        self._expire()
        #@ end
        await listener.serve_forever()
    #@ end
    #@ stage 8-13
    async def run(self) -> None:
        settings = self.settings
        if settings.append_only:
            log = AppendOnlyFile(settings.data_dir)
            log.replay(self, Client(self))
            self._log = log
        listener = await asyncio.get_running_loop().create_server(lambda: Client(self), settings.host, settings.port)
        #@ stage 10
        self.replication.start(settings.replica_of)
        #@ end
        self._expire()
        await listener.serve_forever()
    #@ end
    #@ stage 14
    async def start(self) -> None:
        settings = self.settings
        if settings.append_only:
            log = AppendOnlyFile(settings.data_dir)
            log.replay(self, Client(self))
            self._log = log
        # The loop sets SO_REUSEADDR where that is needed: connections of the last run may keep the port for a minute.
        self._listener = await asyncio.get_running_loop().create_server(
            lambda: Client(self), settings.host, settings.port
        )
        self.replication.start(settings.replica_of)
        self._expire()

    async def stop(self) -> None:
        """Accepts nobody any more, answers what is on its way, and returns when everything is sent and saved."""
        if self._listener is not None:
            self._listener.close()
        # Clients that sent something before they could know about this get their replies, too.
        # When all are silent, it was the last.
        time = asyncio.get_running_loop().time
        start = time()
        while True:
            await asyncio.sleep(0.1)
            if time() - start >= 0.8 or all(time() - client.last_heard >= 0.1 for client in self.clients):
                break
        for client in self.clients:
            client.close()
        # One that does not read them can't hold up the others.
        end = time() + 0.5
        while self.clients and time() < end:
            await asyncio.sleep(0.01)
        if self._log is not None:
            self._log.close()

    def admit(self, client: Client) -> None:
        self.connection_count += 1
        if len(self.clients) >= self.settings.max_clients:
            self.rejected_count += 1
            client.refuse("ERR max number of clients reached")
        else:
            self.clients.add(client)
    #@ end
    #@ stage 10

    def leave(self, client: Client) -> None:
        """Forgets a client whose connection has ended."""
        self.pubsub.leave(client)
        self.replication.leave(client)
        #@ stage 14
        self.clients.discard(client)
        #@ end
    #@ end
    #@ stage 8

    def execute(self, client: Client, command: Command) -> Reply:
        #@ stage 14
        self.command_count += 1
        #@ end
        reply = execute(client, command)
        #@ stage 8-10
        if self._effects:
            self._commit()
        #@ end
        #@ stage 11
        if self._effects:
            self._commit()
            client.last_write = self.replication.offset
        #@ end
        return reply

    @property
    def keeps_record(self) -> bool:
        #@ stage 8-9
        """Whether there is a log to be told of writes."""
        return self._log is not None
        #@ end
        #@ stage 10
        """Whether there is anyone to be told of writes."""
        return self._log is not None or bool(self.replication.replicas)
        #@ end

    def record(self, effect: Command) -> None:
        self._effects.append(effect)

    def _record_removal(self, key: bytes) -> None:
        if self.keeps_record:
            self.record([b"DEL", key])

    def _commit(self) -> None:
        #@ stage 8-9
        """Logs what has changed: several effects as one transaction, so that a replay does all or nothing."""
        #@ end
        #@ stage 10
        """Tells the log and the replicas what has changed: several effects as one transaction, all or nothing."""
        #@ end
        effects, self._effects = self._effects, []
        if len(effects) > 1:
            effects = [[b"MULTI"], *effects, [b"EXEC"]]
        data = b"".join(map(encode_command, effects))
        if self._log is not None:
            self._log.append(data)
        #@ stage 10
        self.replication.feed(data)
        #@ end
        self.end_turn()

    def end_turn(self, client: Optional[Client] = None) -> None:
        """Has the client's replies sent at the end of this turn of the event loop."""
        if client is not None:
            self._waiting.add(client)
        if not self._turn_is_ending:
            self._turn_is_ending = True
            # The loop calls this when it has called all those of whom something has arrived.
            asyncio.get_running_loop().call_soon(self._finish_turn)

    def _finish_turn(self) -> None:
        """Brings the log to disk, then sends the replies.

        So no reply is sent before what it promises is kept, and one fsync serves all clients of a turn. It holds up the
        loop, but what arrives meanwhile makes the next turn the larger.
        """
        self._turn_is_ending = False
        if self._log is not None:
            try:
                self._log.sync()
            except OSError as error:
                # No client may get a reply that is not true.
                sys.exit(f"The log could not be written: {error}")
        waiting, self._waiting = self._waiting, set()
        for client in waiting:
            client.flush()
    #@ end
    #@ stage 7

    def make_room(self) -> bool:
        """Evicts keys until the memory limit is kept, if keys may be evicted; says whether the limit is kept."""
        limit = self.settings.max_memory
        if limit == 0:
            return True
        if self.settings.evicts:
            self.store.evict(limit)
        return self.store.memory <= limit
    #@ end
    #@ stage 5

    def _expire(self) -> None:
        """Removes expired keys that nobody asks for, some at a time, so that clients have their turns in between."""
        self.store.now = now()
        more = self.store.remove_expired(1000)
        #@ stage 8
        if self._effects:
            self._commit()
        #@ end
        asyncio.get_running_loop().call_later(0.001 if more else 0.1, self._expire)
    #@ end
#@ end
