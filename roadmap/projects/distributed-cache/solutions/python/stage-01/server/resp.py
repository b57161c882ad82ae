"""Reads commands and writes replies; PROTOCOL.md describes all of it in one page."""

from dataclasses import dataclass
from typing import List, Optional, Tuple, Union

# A command's name, then its arguments. Bytes, not text: keys and values may hold anything.
Command = List[bytes]


@dataclass(frozen=True)
class Simple:
    text: str


@dataclass(frozen=True)
class Error:
    message: str


# What the server answers. An int is an integer, bytes are a bulk string, None is the null bulk string.
Reply = Union[Simple, Error, int, bytes, None, List["Reply"]]


class ProtocolError(Exception):
    pass


def parse_command(data: bytes) -> Optional[Tuple[Command, int]]:
    """The first command of data, and how many bytes it was. None while it has not arrived in full."""
    count = _length_line(data, 0, b"*")
    if count is None:
        return None
    command: Command = []
    items, used = count
    for _ in range(items):
        line = _length_line(data, used, b"$")
        if line is None:
            return None
        length, start = line
        if len(data) < start + length + 2:
            return None
        command.append(data[start : start + length])
        used = start + length + 2
    return command, used


def encode(reply: Reply) -> bytes:
    if isinstance(reply, Simple):
        return b"+%b\r\n" % reply.text.encode()
    if isinstance(reply, Error):
        return b"-%b\r\n" % reply.message.encode()
    if isinstance(reply, int):
        return b":%d\r\n" % reply
    if reply is None:
        return b"$-1\r\n"
    if isinstance(reply, bytes):
        return b"$%d\r\n%b\r\n" % (len(reply), reply)
    return b"*%d\r\n" % len(reply) + b"".join(encode(item) for item in reply)


def _length_line(data: bytes, start: int, mark: bytes) -> Optional[Tuple[int, int]]:
    """The number on the line at start, and where the line ends. None while it has not arrived in full."""
    if start >= len(data):
        return None
    if data[start : start + 1] != mark:
        raise ProtocolError(f"Protocol error: expected '{mark.decode()}', got '{chr(data[start])}'")
    end = data.find(b"\r\n", start)
    if end < 0:
        if len(data) - start > 32:
            raise ProtocolError("Protocol error: too big length")
        return None
    digits = data[start + 1 : end]
    if not digits.isdigit() or len(digits) > 9:
        raise ProtocolError(f"Protocol error: invalid {'multibulk' if mark == b'*' else 'bulk'} length")
    return int(digits), end + 2
