"""The shop as JSON over HTTP."""

# roadmap: authentication-authorization

import asyncio

from aiohttp import web

from shared.run import Settings


async def serve(settings: Settings, stop: asyncio.Event) -> None:
    # TODO (stage 11): answer GET /products/{id}, POST /orders and GET /orders/{id}.
    async def answer(_: web.BaseRequest) -> web.StreamResponse:
        return web.json_response({"error": {"code": "UNIMPLEMENTED", "message": "The gateway is built in stage 11."}}, status=501)

    runner = web.ServerRunner(web.Server(answer))
    await runner.setup()
    await web.TCPSite(runner, settings.host, settings.port).start()
    await stop.wait()
    await runner.cleanup()
