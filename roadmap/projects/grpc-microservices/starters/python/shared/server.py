"""Given: a gRPC server. Every program but the gateway uses it."""

import asyncio
from typing import Any, Callable

import grpc

from .run import Settings


async def serve_grpc(settings: Settings, stop: asyncio.Event, add: Callable[[Any, grpc.aio.Server], None], service: str, methods: Any) -> None:
    """Offers one service, without TLS, until stop is set. `add` is the generated function that adds its methods to a server; `service` is its name."""
    # Without this option two servers could share a port, and nobody would notice.
    server = grpc.aio.server(options=[("grpc.so_reuseport", 0)])
    add(methods, server)
    try:
        server.add_insecure_port(f"{settings.host}:{settings.port}")
    except RuntimeError as error:
        raise OSError(f"can't listen on {settings.host}:{settings.port}, address already in use? {error}") from error
    await server.start()
    # From stage 2 on it says how it is, from stage 13 on it finishes what is running.
    await stop.wait()
    await server.stop(grace=None)
