#@ file 5
"""A file of JSON lines that only grows."""

import asyncio
import json
import os
from typing import Any, Dict, List


class Journal:
    """An entry that was written is on disk."""

    def __init__(self, folder: str):
        """Reads what is there. Raises OSError when the folder can't be used, ValueError when the file is damaged."""
        os.makedirs(folder, exist_ok=True)
        path = os.path.join(folder, "orders.jsonl")
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o644)
        text = b""
        while True:
            piece = os.read(self._file, 1 << 20)
            if not piece:
                break
            text += piece
        # A last line that was cut by a crash is taken away: its step had not been promised to anybody.
        whole = text.rfind(b"\n") + 1
        os.ftruncate(self._file, whole)
        os.lseek(self._file, whole, os.SEEK_SET)
        try:
            self.entries: List[Dict[str, Any]] = [json.loads(line) for line in text[:whole].splitlines()]
        except ValueError as error:
            raise ValueError(f"{path} is damaged: {error}") from error
        self._one_at_a_time = asyncio.Lock()

    async def write(self, entry: Dict[str, Any]) -> None:
        """Returns when the entry is on disk; other calls go on meanwhile."""
        line = (json.dumps(entry) + "\n").encode()
        async with self._one_at_a_time:
            await asyncio.get_running_loop().run_in_executor(None, self._append, line)

    def _append(self, line: bytes) -> None:
        os.write(self._file, line)
        os.fsync(self._file)
