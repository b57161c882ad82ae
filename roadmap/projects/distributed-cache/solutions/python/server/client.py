#@ file 2
#@ stage 4
from __future__ import annotations

#@ end
import asyncio
#@ stage 10
import math
#@ end
#@ stage 4-5
from typing import TYPE_CHECKING
#@ end
#@ stage 6
from typing import TYPE_CHECKING, Optional
#@ end

#@ stage 4-7
from .commands import execute
#@ end
#@ stage 2-2
from .resp import Command, Error, ProtocolError, Reply, Simple, encode, parse_command
#@ end
#@ stage 3-3
from .resp import Command, CommandReader, Error, ProtocolError, Reply, Simple, encode
#@ end
#@ stage 4-12
from .resp import CommandReader, Error, ProtocolError, Reply, encode
#@ end
#@ stage 13
from .resp import CommandReader, Error, ProtocolError, Reply, encode_into
#@ end
#@ stage 4

if TYPE_CHECKING:
    from .server import Server
    #@ stage 6
    from .transactions import Transaction
    #@ end
#@ end
#@ stage 9

# Messages come unasked. A subscriber with more unread bytes than this is dropped, before it fills the memory.
MOST_UNREAD = 32 * 1024 * 1024
#@ end


class Client(asyncio.Protocol):
    #@ stage 2-7
    """One connection: takes commands off the bytes that arrive, and answers them in their order."""
    #@ end
    #@ stage 8-9
    """One connection: takes commands off the bytes that arrive, and answers them in their order.

    One that was never connected stands for the log.
    """
    #@ end
    #@ stage 10
    """One connection: takes commands off the bytes that arrive, and answers them in their order.

    One that was never connected stands for the log, or for the leader.
    """
    #@ end

    #@ stage 2-2
    def __init__(self) -> None:
        self._pending = b""
    #@ end
    #@ stage 3-3
    def __init__(self) -> None:
        self._reader = CommandReader()
        self._closing = False
    #@ end
    #@ stage 4
    def __init__(self, server: Server) -> None:
        self.server = server
        #@ stage 6
        # What it has queued since MULTI.
        self.transaction: Optional[Transaction] = None
        #@ end
        #@ stage 9
        # What it has subscribed to.
        self.channels: set[bytes] = set()
        #@ end
        #@ stage 10
        # If it is a replica, where it listens itself.
        self.listening_port = 0
        #@ end
        #@ stage 11
        # Where in the stream of writes its last one is.
        self.last_write = 0
        # A command of it waits for something, and those behind it for that command.
        self.blocked = False
        #@ end
        #@ stage 14
        # When it last sent something, in seconds of the event loop's clock.
        self.last_heard = 0.0
        #@ end
        self._reader = CommandReader()
        self._closing = False
        #@ stage 8
        # Whether its commands took place already, so that there is nothing to refuse.
        self.trusted = True
        self._peer_has_ended = False
        self._has_ended = False
        self._transport: Optional[asyncio.Transport] = None
        #@ end
        #@ stage 8-12
        self._output: list[bytes] = []
        #@ end
        #@ stage 13
        self._output = bytearray()
        #@ end
    #@ end
    #@ stage 10

    @property
    def address(self) -> str:
        return "" if self._transport is None else self._transport.get_extra_info("peername")[0]
    #@ end

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        #@ stage 8
        self.trusted = False
        #@ end
        #@ stage 14
        self.server.admit(self)
        #@ end

    #@ stage 2-2
    def data_received(self, data: bytes) -> None:
        self._pending += data
        try:
            while (parsed := parse_command(self._pending)) is not None:
                command, used = parsed
                self._pending = self._pending[used:]
                if command:
                    self._send(answer(command))
        except ProtocolError as error:
            self._send(Error(f"ERR Protocol error: {error}"))
            self._transport.close()
    #@ end
    #@ stage 3
    def data_received(self, data: bytes) -> None:
        if self._closing:
            return
        #@ stage 14
        self.last_heard = asyncio.get_running_loop().time()
        #@ end
        self._reader.push(data)
        self._work()

    #@ stage 3-12
    def _work(self) -> None:
        """Answers what has arrived in full."""
        try:
            #@ stage 3-10
            while not self._closing:
            #@ end
            #@ stage 11-12
            while not self._closing and not self.blocked:
            #@ end
                command = self._reader.next()
                if command is None:
                    return
                #@ stage 3-3
                self._send(answer(command))
                #@ end
                #@ stage 4-7
                self._send(execute(self, command))
                #@ end
                #@ stage 8
                self._send(self.server.execute(self, command))
                #@ end
        except ProtocolError as error:
            self._send(Error(f"ERR Protocol error: {error}"))
            #@ stage 3-3
            self._closing = True
            #@ end
            #@ stage 4
            self.close()
            #@ end
        #@ stage 3-7
        if self._closing:
            # What was written before is sent before.
            self._transport.close()
        #@ end
    #@ end
    #@ end
    #@ stage 13
    def _work(self) -> None:
        """Answers what has arrived in full."""
        try:
            while not self._closing and not self.blocked:
                command = self._reader.next()
                if command is None:
                    break
                encode_into(self._output, self.server.execute(self, command))
        except ProtocolError as error:
            encode_into(self._output, Error(f"ERR Protocol error: {error}"))
            self.close()
        self.server.end_turn(self)
    #@ end
    #@ stage 8

    def eof_received(self) -> bool:
        self._peer_has_ended = True
        if self._has_ended:
            return False
        # Who has said that nothing more will come still gets the replies: the connection stays half open for them.
        self.close()
        return True
    #@ end
    #@ stage 9

    def connection_lost(self, exc: Optional[Exception]) -> None:
        #@ stage 9-9
        self.server.pubsub.leave(self)
        #@ end
        #@ stage 10
        self.server.leave(self)
        #@ end
    #@ end

    #@ stage 4-7
    def close(self) -> None:
        """Answers nothing more; the connection ends as soon as what was answered is sent."""
        self._closing = True

    #@ end
    #@ stage 8
    def close(self) -> None:
        """Answers nothing more; the connection ends as soon as what was answered is sent."""
        self._closing = True
        self.server.end_turn(self)

    #@ end
    #@ stage 14
    def refuse(self, message: str) -> None:
        """Says why it is not served, and ends the connection."""
        self._send(Error(message))
        self.close()

    #@ end
    #@ stage 11
    def resume(self, reply: Reply) -> None:
        """Gives the reply for which a command had to wait, and goes on with those behind it."""
        self.blocked = False
        self._send(reply)
        self._work()

    #@ end
    #@ stage 2-7
    def _send(self, reply: Reply) -> None:
        # The transport keeps what the client does not take yet. It has turned on TCP_NODELAY: short replies go at once.
        self._transport.write(encode(reply))
    #@ end
    #@ stage 8-12
    def _send(self, reply: Reply) -> None:
        self.push(encode(reply))

    def push(self, data: bytes) -> None:
        """Sends data when this turn of the event loop ends."""
        self._output.append(data)
        self.server.end_turn(self)
    #@ end
    #@ stage 13
    def _send(self, reply: Reply) -> None:
        encode_into(self._output, reply)
        self.server.end_turn(self)

    def push(self, data: bytes) -> None:
        """Sends data when this turn of the event loop ends."""
        self._output += data
        self.server.end_turn(self)
    #@ end
    #@ stage 8

    def flush(self) -> None:
        transport = self._transport
        if transport is None or transport.is_closing() or self._has_ended:
            return
        #@ stage 8-12
        # The transport turns on TCP_NODELAY, and keeps what the client does not take yet.
        for data in self._output:
            transport.write(data)
        self._output.clear()
        #@ end
        #@ stage 13
        if self._output:
            # The transport turns on TCP_NODELAY, and keeps what the client does not take yet: it may keep this very
            # bytearray, so the next replies go into another one.
            transport.write(self._output)
            self._output = bytearray()
        #@ end
        #@ stage 9-9
        if self.channels and transport.get_write_buffer_size() > MOST_UNREAD:
            transport.abort()
            return
        #@ end
        #@ stage 10
        if transport.get_write_buffer_size() > self._most_unread():
            transport.abort()
            return
        #@ end
        if self._closing:
            self._end(transport)

    #@ stage 10
    def _most_unread(self) -> float:
        replica = self.server.replication.replicas.get(self)
        if replica is not None:
            return replica.most_unread
        return MOST_UNREAD if self.channels else math.inf

    #@ end
    def _end(self, transport: asyncio.Transport) -> None:
        self._has_ended = True
        if self._peer_has_ended:
            transport.close()
        else:
            # To close with unread bytes would reset the connection, and the client could lose the last replies.
            transport.write_eof()
        # A client that neither reads nor leaves is not waited for.
        asyncio.get_running_loop().call_later(1, transport.abort)
    #@ end
#@ stage 2-3


def answer(command: Command) -> Reply:
    name, *arguments = command
    if name.upper() != b"PING":
        return Error(f"ERR unknown command '{name.decode('latin-1')}'")
    if len(arguments) > 1:
        return Error("ERR wrong number of arguments for 'ping' command")
    return arguments[0] if arguments else Simple("PONG")
#@ end
