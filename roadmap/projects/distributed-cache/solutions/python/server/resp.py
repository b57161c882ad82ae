"""Reads commands and writes replies; PROTOCOL.md describes all of it in one page."""

#@ stage 3
import re
#@ end
from dataclasses import dataclass
#@ stage 1-8
from typing import Optional, Union
#@ end
#@ stage 9
from typing import Optional, Sequence, Union
#@ end

# A command's name, then its arguments. Bytes, not text: keys and values may hold anything.
Command = list[bytes]


@dataclass(frozen=True)
class Simple:
    text: str


@dataclass(frozen=True)
class Error:
    message: str


#@ stage 9
@dataclass(frozen=True)
class Several:
    """One behind the other, as if each answered a command of its own."""

    replies: Sequence["Reply"]


#@ end
# What the server answers. An int is an integer, bytes are a bulk string, None is the null bulk string.
#@ stage 1-8
Reply = Union[Simple, Error, int, bytes, None, list["Reply"]]
#@ end
#@ stage 9
Reply = Union[Simple, Error, int, bytes, None, list["Reply"], Several]
#@ end
#@ stage 4

OK = Simple("OK")
#@ end
#@ stage 10
NO_REPLY = Several(())
#@ end


class ProtocolError(ValueError):
    """What arrived breaks the protocol: nothing behind it makes sense."""


#@ stage 1-2
def parse_command(data: bytes) -> Optional[tuple[Command, int]]:
    """The first command of data, and how many bytes it was. None while it has not arrived in full."""
    header = _length_line(data, 0, b"*")
    if header is None:
        return None
    count, used = header
    command: Command = []
    for _ in range(count):
        header = _length_line(data, used, b"$")
        if header is None:
            return None
        length, start = header
        used = start + length + 2
        if len(data) < used:
            return None
        command.append(data[start : start + length])
    return command, used


def _length_line(data: bytes, start: int, mark: bytes) -> Optional[tuple[int, int]]:
    """The number in the line <mark><digits>\\r\\n at start, and where the next line begins."""
    end = data.find(b"\r\n", start)
    if end < 0:
        return None
    line = data[start:end]
    if line[:1] != mark:
        raise ProtocolError(f"expected {mark.decode()!r}, got {line[:1].decode('latin-1')!r}")
    # isdigit() first: int() would also take blanks, signs and underscores.
    if not line[1:].isdigit() or len(line) > 10:
        raise ProtocolError("invalid multibulk length" if mark == b"*" else "invalid bulk length")
    return int(line[1:]), end + 2


#@ end
#@ stage 3
_MOST_ITEMS = 2**31 - 1
_LONGEST_BULK = 512 * 1024 * 1024
# No length that makes sense has more than ten digits, and endless ones must not fill the memory.
_LENGTH_LINE = re.compile(rb"([*$])(-?[0-9]{1,10})\r\n")
_HALF_LENGTH_LINE = re.compile(rb"[*$]-?[0-9]{0,10}\r?")
#@ stage 13
# Whole commands of up to nine items in which no line end occurs, by their count's digit.
_PLAIN_COMMANDS = {
    b"%d" % count: re.compile(rb"\*%d\r\n" % count + rb"\$([0-9]{1,9})\r\n([^\r]*)\r\n" * count)
    for count in range(1, 10)
}
#@ end


class CommandReader:
    """Takes bytes in pieces of any size and gives whole commands.

    It goes on where it stopped, however little arrived, and its memory grows with what has arrived, never with
    what a length promises.
    """

    def __init__(self) -> None:
        self._buffer = b""
        # Where in the buffer the part begins that was not read yet.
        self._start = 0
        # What arrived while the buffer held half an item. It is joined with the buffer when the item is complete:
        # so each byte of a long value is copied twice, not once for each piece that comes behind it.
        self._later = bytearray()
        # The command that is arriving, how many of its items are missing, and how long the next one is, if known.
        self._command: Command = []
        self._missing = 0
        self._length: Optional[int] = None
        #@ stage 8
        self._received = 0
        #@ end

    #@ stage 8
    @property
    def position(self) -> int:
        """How many bytes were read so far; after next() gave a command, where it ended."""
        return self._received - (len(self._buffer) - self._start + len(self._later))

    #@ end
    def push(self, piece: bytes) -> None:
        #@ stage 8
        self._received += len(piece)
        #@ end
        if self._start == len(self._buffer) and not self._later:
            # The usual case: whole commands arrived, nothing is left of them, and nothing needs copying.
            self._buffer, self._start = piece, 0
        else:
            self._later += piece

    def next(self) -> Optional[Command]:
        """The next command, None while it has not arrived in full."""
        if self._later:
            arrived = len(self._buffer) - self._start + len(self._later)
            if self._length is not None and arrived < self._length + 2:
                return None
            self._buffer, self._start = self._buffer[self._start :] + self._later, 0
            self._later.clear()
        #@ stage 13
        if self._missing == 0:
            # The usual case, which one match takes off whole: that costs less than half of what follows below.
            start = self._start
            pattern = _PLAIN_COMMANDS.get(self._buffer[start + 1 : start + 2])
            plain = pattern.match(self._buffer, start) if pattern is not None else None
            if plain is not None:
                groups = plain.groups()
                words = groups[1::2]
                # An item ends where its length says, whatever it looks like.
                if [*map(int, groups[::2])] == [*map(len, words)]:
                    self._start = plain.end()
                    return [*words]
        #@ end
        while self._missing == 0:
            line = _LENGTH_LINE.match(self._buffer, self._start)
            if line is None or line[1] != b"*":
                self._expect_length(b"*", "multibulk")
                return None
            count = int(line[2])
            if count > _MOST_ITEMS:
                raise ProtocolError("invalid multibulk length")
            # Nothing is asked by *0 and *-1, so nothing is answered.
            self._missing = max(count, 0)
            self._start = line.end()
        while self._missing > 0:
            if self._length is None:
                line = _LENGTH_LINE.match(self._buffer, self._start)
                if line is None or line[1] != b"$":
                    self._expect_length(b"$", "bulk")
                    return None
                length = int(line[2])
                if not 0 <= length <= _LONGEST_BULK:
                    raise ProtocolError("invalid bulk length")
                self._length = length
                self._start = line.end()
            end = self._start + self._length
            if len(self._buffer) < end + 2:
                return None
            self._command.append(self._buffer[self._start : end])
            self._start = end + 2
            self._length = None
            self._missing -= 1
        whole, self._command = self._command, []
        return whole

    def _expect_length(self, mark: bytes, what: str) -> None:
        """Raises ProtocolError if what has arrived is not the beginning of a line that tells a length."""
        rest = self._buffer[self._start : self._start + 20]
        if not rest:
            # An idle client keeps no memory for what it has sent.
            self._buffer, self._start = b"", 0
        elif rest[:1] != mark:
            raise ProtocolError(f"expected {mark.decode()!r}, got {rest[:1].decode('latin-1')!r}")
        elif _HALF_LENGTH_LINE.fullmatch(rest) is None:
            raise ProtocolError(f"invalid {what} length")


#@ end
#@ stage 1-12
def encode(reply: Reply) -> bytes:
    if reply is None:
        return b"$-1\r\n"
    if isinstance(reply, bytes):
        return b"$%d\r\n%b\r\n" % (len(reply), reply)
    if isinstance(reply, int):
        return b":%d\r\n" % reply
    if isinstance(reply, Simple):
        return f"+{reply.text}\r\n".encode("latin-1")
    if isinstance(reply, Error):
        return f"-{reply.message}\r\n".encode("latin-1")
    #@ stage 9
    if isinstance(reply, Several):
        return b"".join(map(encode, reply.replies))
    #@ end
    return b"*%d\r\n%b" % (len(reply), b"".join(map(encode, reply)))
#@ end
#@ stage 13
# Most values are short: their first lines are kept ready.
_BULK_HEADERS = [b"$%d\r\n" % length for length in range(1024)]


def encode_into(output: bytearray, reply: Reply) -> None:
    """Replies one behind the other in one piece of memory, so that one write sends them all."""
    # The most frequent kinds first.
    if isinstance(reply, bytes):
        length = len(reply)
        output += _BULK_HEADERS[length] if length < len(_BULK_HEADERS) else b"$%d\r\n" % length
        output += reply
        output += b"\r\n"
    elif reply is None:
        output += b"$-1\r\n"
    elif isinstance(reply, Simple):
        output += b"+%b\r\n" % reply.text.encode("latin-1")
    elif isinstance(reply, int):
        output += b":%d\r\n" % reply
    elif isinstance(reply, Error):
        output += b"-%b\r\n" % reply.message.encode("latin-1")
    elif isinstance(reply, Several):
        for each in reply.replies:
            encode_into(output, each)
    else:
        output += b"*%d\r\n" % len(reply)
        for item in reply:
            encode_into(output, item)


def encode(reply: Reply) -> bytes:
    output = bytearray()
    encode_into(output, reply)
    return bytes(output)
#@ end
#@ stage 8


def encode_command(command: Command) -> bytes:
    """A command of our own, for the log and for other servers."""
    return encode(list(command))
#@ end
#@ stage 4


# A signed number in its one right spelling, without a plus, a blank or a zero in front.
_INTEGER = re.compile(rb"0|-?[1-9][0-9]{0,18}")


def fits_int64(value: int) -> bool:
    return -(2**63) <= value < 2**63


def parse_integer(text: bytes) -> Optional[int]:
    """A signed number of 64 bits, None where there is none."""
    if _INTEGER.fullmatch(text) is None:
        return None
    value = int(text)
    return value if fits_int64(value) else None
#@ end
