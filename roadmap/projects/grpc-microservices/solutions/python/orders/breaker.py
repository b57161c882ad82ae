#@ file 9
"""A circuit breaker."""

import asyncio
import time
from typing import Any, Awaitable, Callable

import grpc

from shared.methods import StatusError
from shared.neighbor import Final

from .saga import REFUSALS

# So many failures in a row open it.
FAILURES_TO_OPEN = 10


class Breaker:
    """
    Stands around each attempt of a call. It is closed until too many fail; then it is open for a time and lets nobody through; then one call,
    the probe, tells whether it closes or opens again.
    """

    def __init__(self, open_for: float):
        """`open_for` is in seconds."""
        self._open_for = open_for
        self._failures = 0
        self._open_until = None
        self._probing = False

    async def around(self, attempt: Callable[[], Awaitable[Any]]) -> Any:
        probe = self._enter()
        try:
            result = await attempt()
        except asyncio.CancelledError:
            # Its caller went away, so it tells nothing, and the next one may be the probe.
            self._probing = self._probing and not probe
            raise
        except StatusError as error:
            if error.code in REFUSALS:
                self._succeeded(probe)
            else:
                self._failed(probe)
            raise
        self._succeeded(probe)
        return result

    def _enter(self) -> bool:
        if self._open_until is None:
            return False
        if self._probing or time.monotonic() < self._open_until:
            raise Final(grpc.StatusCode.UNAVAILABLE, "payments have failed again and again: they are not asked for a while")
        self._probing = True
        return True

    def _succeeded(self, probe: bool) -> None:
        if probe:
            self._open_until, self._probing = None, False
        # One that began before it opened says nothing of now.
        if self._open_until is None:
            self._failures = 0

    def _failed(self, probe: bool) -> None:
        self._failures += 1
        if probe or (self._open_until is None and self._failures >= FAILURES_TO_OPEN):
            self._open_until, self._probing = time.monotonic() + self._open_for, False
