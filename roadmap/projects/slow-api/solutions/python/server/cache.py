#@ file 11
"""Keeps what is expensive to load."""

import asyncio
import math
import time
from collections import OrderedDict
from collections.abc import Callable, Coroutine, Hashable
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Entry(Generic[T]):
    def __init__(self, value: "asyncio.Task[T]"):
        self.value = value
        # By time.monotonic. What is being loaded does not age.
        self.until = math.inf


class Cache(Generic[T]):
    """Keeps what was loaded for a while, in bounded memory. Whoever asks for what is being loaded waits for the same load."""

    def __init__(self, ttl: float, most: int):
        """ttl is in seconds, most is the number of entries that are kept."""
        self._ttl = ttl
        self._most = most
        # The one that was used longest ago stands first.
        self._entries: OrderedDict[Hashable, Entry[T]] = OrderedDict()

    async def get(self, key: Hashable, load: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """What is kept, or else what `load` gives. Raises what `load` raises, and does not keep that."""
        entry = self._entries.get(key)
        if entry is None or entry.until <= time.monotonic():
            entry = self._entries[key] = self._load(key, load)
        self._entries.move_to_end(key)
        if len(self._entries) > self._most:
            self._entries.popitem(last=False)
        # Who gives up waiting does not end the load for the others.
        return await asyncio.shield(entry.value)

    def clear(self) -> None:
        """Forgets everything, also what is being loaded: it may have been read before the change."""
        self._entries.clear()

    def _load(self, key: Hashable, load: Callable[[], Coroutine[Any, Any, T]]) -> Entry[T]:
        entry = Entry(asyncio.create_task(load()))

        def loaded(task: "asyncio.Task[T]") -> None:
            if not task.cancelled() and task.exception() is None:
                entry.until = time.monotonic() + self._ttl
            elif self._entries.get(key) is entry:
                del self._entries[key]

        entry.value.add_done_callback(loaded)
        return entry
