#@ file 13
"""How many calls are running."""

import asyncio
import contextlib


class Running:
    """Counts those who are inside of its `with`."""

    def __init__(self) -> None:
        self._count = 0

    def __enter__(self) -> None:
        self._count += 1

    def __exit__(self, *_: object) -> None:
        self._count -= 1

    def unless(self, not_counted: bool) -> "contextlib.AbstractContextManager[None]":
        return contextlib.nullcontext() if not_counted else self

    async def ended(self, limit: float) -> None:
        """Returns when none is running, or limit (in seconds) has passed."""
        deadline = asyncio.get_running_loop().time() + limit
        while self._count > 0 and asyncio.get_running_loop().time() < deadline:
            await asyncio.sleep(0.01)
