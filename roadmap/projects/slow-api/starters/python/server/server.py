"""Routes and answers."""

import asyncio
import json
import re
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import NamedTuple, Optional

from aiohttp import web

from .database import connect
from .orders import Json, Ranking, add_order, find_customer, find_order, list_orders, orders_by_status, orders_of_customer, top_products
from .pricing import quote
from .report import make_report
from .request import RequestError, read_limit, read_order, read_page, read_parameters
from .settings import Settings


class Answer(NamedTuple):
    """What a request is answered with."""

    status: int
    body: Json


async def serve(settings: Settings) -> None:
    """Listens and answers for as long as the program runs. Raises OSError when it can't listen."""
    runner = web.ServerRunner(web.Server(Api(settings).answer, access_log=None))
    await runner.setup()
    await web.TCPSite(runner, settings.host, settings.port).start()
    # Not one long sleep: on Windows Ctrl+C is noticed only between two events.
    while True:
        await asyncio.sleep(1)


class Api:
    def __init__(self, settings: Settings):
        self._settings = settings
        self._lock = asyncio.Lock()
        # How many of the requests that are counted were answered. Not safe to change by two at once.
        self._served = 0

    async def answer(self, request: web.BaseRequest) -> web.Response:
        return respond(await self._outcome(request))

    async def _outcome(self, request: web.BaseRequest) -> Answer:
        """The answer, also when something goes wrong."""
        try:
            return await self._route(request)
        except RequestError as error:
            return Answer(error.status, {"error": error.code})
        except Exception as error:
            log(error)
            return Answer(500, {"error": "internal"})

    async def _route(self, request: web.BaseRequest) -> Answer:
        path, _, query = request.raw_path.partition("?")
        parameters = read_parameters(query)
        route = f"{request.method} {path}"
        if route == "GET /healthz":
            async with self._counted():
                return Answer(200, {"status": "ok"})
        if route == "GET /orders":
            page = read_page(parameters)
            async with self._counted(), connect(self._settings.database_url) as connection:
                return Answer(200, await list_orders(connection, page))
        if route == "GET /report":
            async with self._counted():
                async with connect(self._settings.database_url) as connection:
                    statuses = await orders_by_status(connection)
                return Answer(200, await make_report(statuses))
        if route == "POST /orders":
            order = read_order(await request.content.read())
            async with connect(self._settings.database_url) as connection:
                added = await add_order(connection, order)
            if added is None:
                raise RequestError(404, "unknown_customer")
            return Answer(201, added)
        if route == "GET /customers":
            email = parameters.get("email")
            if not email:
                raise RequestError(400, "invalid_email")
            async with connect(self._settings.database_url) as connection:
                return found(await find_customer(connection, email))
        if route == "GET /top":
            ranking = Ranking(read_limit(parameters, 10), parameters.get("city") or None, request.headers.get("Authorization") == "Bearer staff")
            async with connect(self._settings.database_url) as connection:
                return Answer(200, {"top": await top_products(connection, ranking)})
        if (matched := re.fullmatch("GET /orders/([0-9]{1,9})", route)) is not None:
            return await self._order(int(matched[1]))
        if (matched := re.fullmatch("GET /customers/([0-9]{1,9})/orders", route)) is not None:
            async with connect(self._settings.database_url) as connection:
                return found(await orders_of_customer(connection, int(matched[1])))
        raise RequestError(404, "not_found")

    async def _order(self, order_id: int) -> Answer:
        async with connect(self._settings.database_url) as connection:
            order = await find_order(connection, order_id)
        if order is None:
            raise RequestError(404, "not_found")
        try:
            quoted = await quote(self._settings.pricing_url, order_id, order["items"])
        except Exception as error:
            log(error)
            raise RequestError(502, "pricing_unavailable") from error
        return Answer(200, {**order, "quote_cents": quoted, "price_source": "live"})

    @asynccontextmanager
    async def _counted(self) -> AsyncIterator[None]:
        """For what is counted: one at a time, as the count is shared."""
        async with self._lock:
            yield
            self._served += 1


def found(body: Optional[Json]) -> Answer:
    if body is None:
        raise RequestError(404, "not_found")
    return Answer(200, body)


def respond(answer: Answer) -> web.Response:
    text = json.dumps(answer.body, ensure_ascii=False, indent=2)
    return web.Response(status=answer.status, body=text.encode(), content_type="application/json")


def log(error: Exception) -> None:
    print(repr(error), file=sys.stderr)
