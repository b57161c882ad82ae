"""Reads commands and writes replies; PROTOCOL.md describes all of it in one page."""

from dataclasses import dataclass
from typing import Optional, Union

# A command's name, then its arguments. Bytes, not text: keys and values may hold anything.
Command = list[bytes]


@dataclass(frozen=True)
class Simple:
    text: str


@dataclass(frozen=True)
class Error:
    message: str


# What the server answers. An int is an integer, bytes are a bulk string, None is the null bulk string.
Reply = Union[Simple, Error, int, bytes, None, list["Reply"]]


def parse_command(data: bytes) -> Optional[tuple[Command, int]]:
    """The first command of data, and how many bytes it was. None while it has not arrived in full."""
    raise NotImplementedError(f"TODO (stage 1): parse {len(data)} bytes")


def encode(reply: Reply) -> bytes:
    raise NotImplementedError(f"TODO (stage 1): encode {reply!r}")
