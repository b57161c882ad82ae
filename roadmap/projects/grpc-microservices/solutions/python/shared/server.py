"""A gRPC server. Every program but the gateway uses it."""

import asyncio
from typing import Any, Callable

import grpc
#@ stage 2
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection
#@ end

from .methods import dress
#@ stage 12
from .metrics import serve_metrics
#@ end
from .run import Settings
#@ stage 13
from .running import Running

# Seconds in which those who watch the health can hear of the end, before connections close.
NOTICE = 0.1
#@ end


async def serve_grpc(settings: Settings, stop: asyncio.Event, add: Callable[[Any, grpc.aio.Server], None], service: str, methods: Any) -> None:
    """Offers one service, without TLS, until stop is set. `add` is the generated function that adds its methods to a server."""
    # Without this option two servers could share a port, and nobody would notice.
    server = grpc.aio.server(options=[("grpc.so_reuseport", 0)])
    #@ stage 1-12
    add(dress(service, methods), server)
    #@ end
    #@ stage 13
    running = Running()
    add(dress(service, methods, running), server)
    #@ end
    #@ stage 2
    state = health.aio.HealthServicer()
    for name in ("", service):
        await state.set(name, health_pb2.HealthCheckResponse.SERVING)
    health_pb2_grpc.add_HealthServicer_to_server(state, server)
    reflection.enable_server_reflection((service, health.SERVICE_NAME, reflection.SERVICE_NAME), server)
    #@ end
    try:
        server.add_insecure_port(f"{settings.host}:{settings.port}")
    except RuntimeError as error:
        raise OSError(f"can't listen on {settings.host}:{settings.port}, address already in use? {error}") from error
    #@ stage 12
    serve_metrics(settings)
    #@ end
    await server.start()
    await stop.wait()
    #@ stage 1-12
    await server.stop(grace=None)
    #@ end
    #@ stage 13
    await state.enter_graceful_shutdown()
    await asyncio.sleep(NOTICE)
    # Takes no new connections and calls; it would also wait for those who watch, so it is not waited for.
    stopping = asyncio.create_task(server.stop(settings.grace))
    await running.ended(settings.grace)
    await server.stop(grace=0)
    await stopping
    #@ end
