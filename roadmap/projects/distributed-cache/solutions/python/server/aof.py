#@ file 8
# roadmap: io-and-ipc

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Optional

from .resp import Command, CommandReader, Error, ProtocolError

if TYPE_CHECKING:
    from .client import Client
    from .server import Server

# Waits for the bytes of a file, but not for its times, where the system tells the two apart.
_sync_to_disk = getattr(os, "fdatasync", os.fsync)


class AppendOnlyFile:
    """Every write, as a command, in the order in which they took place."""

    def __init__(self, folder: str) -> None:
        os.makedirs(folder, exist_ok=True)
        self._path = os.path.join(folder, "appendonly.aof")
        # Without a buffer: what is not in the system's hands would die with the process.
        self._file = open(self._path, "a+b", buffering=0)
        self._unwritten: list[bytes] = []

    def replay(self, server: Server, client: Client) -> None:
        """Does again, in the name of client, all that the file tells."""
        reader = CommandReader()
        whole = size = 0
        self._file.seek(0)
        while piece := self._file.read(1024 * 1024):
            size += len(piece)
            reader.push(piece)
            try:
                while (command := reader.next()) is not None:
                    reply = server.execute(client, command)
                    if isinstance(reply, Error):
                        raise ProtocolError(reply.message)
                    # Half a transaction is as good as none.
                    if client.transaction is None:
                        whole = reader.position
            except ProtocolError as error:
                raise ValueError(f"{self._path} is damaged before byte {reader.position}: {error}") from None
        if whole < size:
            # The last write was cut off, and its client got no reply: it never took place.
            print(f"{self._path}: cut off {size - whole} bytes at its end, which are no whole record.", file=sys.stderr)
            self._file.truncate(whole)

    def append(self, record: bytes) -> None:
        self._unwritten.append(record)

    def sync(self) -> None:
        """Returns when all records are on disk."""
        if not self._unwritten:
            return
        left = memoryview(b"".join(self._unwritten))
        self._unwritten.clear()
        while left:
            left = left[self._file.write(left) :]
        _sync_to_disk(self._file.fileno())

    def close(self) -> None:
        self.sync()
        self._file.close()


def set_command(key: bytes, value: bytes, expires_at: Optional[int]) -> Command:
    """The command that makes a key what it is."""
    return [b"SET", key, value] if expires_at is None else [b"SET", key, value, b"PXAT", b"%d" % expires_at]
