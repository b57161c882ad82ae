#@ file 3
"""Calls to other services."""

#@ stage 6
import asyncio
#@ end
#@ stage 7
import random
#@ end
#@ stage 9
from typing import Any, Awaitable, Callable, Optional, Sequence, Tuple
#@ end
#@ stage 6-8
from typing import Any, Optional, Sequence, Tuple
#@ end
#@ stage 3-5
from typing import Any
#@ end

import grpc

from .methods import StatusError
#@ stage 12
from .trace import outgoing
#@ end

#@ stage 6
# Seconds that a call to a neighbor may take when nobody has said.
PATIENCE = 2.0
#@ end
#@ stage 7
ATTEMPTS = 4
FIRST_BACKOFF = 0.1
MOST_BACKOFF = 1.0
#@ end

_OPTIONS = [
    ("grpc.enable_http_proxy", 0),
    ("grpc.enable_retries", 0),
    # One that comes back is found again soon.
    ("grpc.initial_reconnect_backoff_ms", 100),
    ("grpc.min_reconnect_backoff_ms", 500),
    ("grpc.max_reconnect_backoff_ms", 1000),
]


#@ stage 3-9
def connect(address: str) -> grpc.aio.Channel:
    """A channel to a neighbor, for the life of the program. The neighbor need not be up yet."""
    return grpc.aio.insecure_channel(address, options=_OPTIONS)


#@ end
#@ stage 6
class Deadline:
    """The moment at which a caller stops waiting, or a default when it has not said."""

    def __init__(self, seconds: Optional[float] = None):
        self._at = asyncio.get_running_loop().time() + (PATIENCE if seconds is None else seconds)

    @staticmethod
    def of(context: grpc.aio.ServicerContext) -> "Deadline":
        return Deadline(context.time_remaining())

    @property
    def left(self) -> float:
        return max(0.0, self._at - asyncio.get_running_loop().time())

    @property
    def is_over(self) -> bool:
        return self.left <= 0

    def at_most(self, seconds: float) -> "Deadline":
        return Deadline(min(self.left, seconds))


#@ end
#@ stage 9
class Final(StatusError):
    """A failure that is not worth another attempt, whatever its code."""


Attempt = Callable[[Callable[[], Awaitable[Any]]], Awaitable[Any]]


async def _plain(attempt: Callable[[], Awaitable[Any]]) -> Any:
    return await attempt()


#@ end
#@ stage 3-5
class Neighbor:
    """A service of another program."""

    def __init__(self, stub: Any, address: str):
        self._stub = stub(connect(address))

    async def call(self, method: str, request: Any) -> Any:
        """Raises StatusError when the call fails."""
        try:
            return await getattr(self._stub, method)(request)
        except grpc.aio.AioRpcError as error:
            raise StatusError(error.code(), error.details() or "") from error
#@ end
#@ stage 6-6
class Neighbor:
    """A service of another program."""

    def __init__(self, stub: Any, address: str):
        self._stub = stub(connect(address))

    async def call(self, method: str, request: Any, deadline: Deadline, metadata: Sequence[Tuple[str, str]] = ()) -> Any:
        """Raises StatusError when the call fails."""
        try:
            return await getattr(self._stub, method)(request, timeout=deadline.left, metadata=tuple(metadata))
        except grpc.aio.AioRpcError as error:
            raise StatusError(error.code(), error.details() or "") from error
#@ end
#@ stage 7
class _Failed(StatusError):
    """An attempt that has failed, and what its trailers say."""

    def __init__(self, error: grpc.aio.AioRpcError):
        super().__init__(error.code(), error.details() or "")
        self.pushback = next((value for key, value in error.trailing_metadata() or () if key == "grpc-retry-pushback-ms"), None)


class Neighbor:
    """A service of another program."""

    #@ stage 7-8
    def __init__(self, stub: Any, address: str):
        self._stub = stub(connect(address))
    #@ end
    #@ stage 9-9
    def __init__(self, stub: Any, address: str, around: Attempt = _plain):
        """`around` is called for each attempt of a call, with what makes it."""
        self._stub = stub(connect(address))
        self._around = around
    #@ end
    #@ stage 10
    def __init__(self, stub: Any, addresses: str, around: Attempt = _plain):
        """Of one or several replicas ("host:port,host:port"). `around` is called for each attempt of a call, with what makes it."""
        # One channel each, for the life of the program. They need not be up yet.
        channels = [grpc.aio.insecure_channel(address.strip(), options=_OPTIONS) for address in addresses.split(",")]
        self._replicas = [(channel, stub(channel)) for channel in channels]
        self._turn = 0
        self._around = around
    #@ end

    async def call(self, method: str, request: Any, deadline: Deadline, metadata: Sequence[Tuple[str, str]] = ()) -> Any:
        """Repeats what fails with UNAVAILABLE, inside the deadline. Raises StatusError when the call fails."""
        attempt = 1
        while True:
            try:
                #@ stage 7-8
                return await self._attempt(method, request, deadline, metadata)
                #@ end
                #@ stage 9
                return await self._around(lambda: self._attempt(method, request, deadline, metadata))
                #@ end
            except _Failed as error:
                wait = _pause(attempt, error.pushback)
                if error.code is not grpc.StatusCode.UNAVAILABLE or attempt == ATTEMPTS or wait is None:
                    raise
                if wait >= deadline.left:
                    raise StatusError(grpc.StatusCode.DEADLINE_EXCEEDED, "the time is over before the next attempt") from error
                await asyncio.sleep(wait)
                attempt += 1

    async def _attempt(self, method: str, request: Any, deadline: Deadline, metadata: Sequence[Tuple[str, str]]) -> Any:
        #@ stage 12
        metadata = [*metadata, *outgoing()]
        #@ end
        try:
            #@ stage 7-9
            return await getattr(self._stub, method)(request, timeout=deadline.left, metadata=tuple(metadata))
            #@ end
            #@ stage 10
            return await getattr(self._next(), method)(request, timeout=deadline.left, metadata=tuple(metadata))
            #@ end
        except grpc.aio.AioRpcError as error:
            raise _Failed(error) from error
    #@ stage 10

    def _next(self) -> Any:
        """The next replica's turn, of those that are connected if there are any."""
        count = len(self._replicas)
        in_turn = [self._replicas[(self._turn + offset) % count] for offset in range(count)]
        ready = [grpc.ChannelConnectivity.READY is channel.get_state(try_to_connect=True) for channel, _ in in_turn]
        chosen = ready.index(True) if True in ready else 0
        self._turn = (self._turn + chosen + 1) % count
        return in_turn[chosen][1]
    #@ end


def _pause(attempt: int, pushback: Any) -> Optional[float]:
    """Seconds to wait after an attempt: what the server asks for, else a growing time that no two callers share (gRFC A6). None: not again."""
    if pushback is None:
        return min(FIRST_BACKOFF * 2 ** (attempt - 1), MOST_BACKOFF) * random.uniform(0.8, 1.2)
    try:
        milliseconds = int(pushback)
    except ValueError:
        return None
    return milliseconds / 1000 if milliseconds >= 0 else None
#@ end
