"""Routes and answers."""

import asyncio
#@ stage 1-9
import json
#@ end
import re
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
#@ stage 1-9
from typing import NamedTuple, Optional
#@ end
#@ stage 10
from typing import Optional
#@ end

from aiohttp import web

#@ stage 10
from .answer import Answer, respond
#@ end
#@ stage 11
from .cache import Cache
#@ end
from .database import Database
from .orders import Json, Ranking, add_order, find_customer, find_order, list_orders, orders_by_status, orders_of_customer, top_products
#@ stage 1-7
from .pricing import quote
#@ end
#@ stage 8
from .pricing import Pricing
#@ end
from .report import make_report
from .request import RequestError, read_limit, read_order, read_page, read_parameters
from .settings import Settings
from .timing import Timing
#@ stage 1-9


class Answer(NamedTuple):
    """What a request is answered with."""

    status: int
    body: Json
#@ end


async def serve(settings: Settings) -> None:
    """Listens and answers for as long as the program runs. Raises OSError when it can't listen."""
    api = Api(settings)
    #@ stage 7
    await api.database.open()
    #@ end
    runner = web.ServerRunner(web.Server(api.answer, access_log=None))
    await runner.setup()
    await web.TCPSite(runner, settings.host, settings.port).start()
    # Not one long sleep: on Windows Ctrl+C is noticed only between two events.
    while True:
        await asyncio.sleep(1)


class Api:
    def __init__(self, settings: Settings):
        self._settings = settings
        self.database = Database(settings.database_url)
        #@ stage 8-11
        self._pricing = Pricing(settings.pricing_url)
        #@ end
        #@ stage 11
        self._rankings: Cache[list[Json]] = Cache(settings.cache_ttl, settings.cache_max_entries)
        #@ end
        #@ stage 12
        self._pricing = Pricing(settings.pricing_url, settings.pricing_timeout)
        self._in_flight = 0
        #@ end
        #@ stage 1-8
        self._lock = asyncio.Lock()
        # How many of the requests that are counted were answered. Not safe to change by two at once.
        #@ end
        #@ stage 9
        # How many of the requests that are counted were answered. Changed within one turn of the event loop, so no lock is needed.
        #@ end
        self._served = 0

    async def answer(self, request: web.BaseRequest) -> web.Response:
        timing = Timing()
        #@ stage 1-9
        return respond(await self._outcome(request, timing), timing)
        #@ end
        #@ stage 10-11
        return respond(request, await self._outcome(request, timing), timing)
        #@ end
        #@ stage 12
        if request.raw_path == "/healthz":
            return respond(request, await self._outcome(request, timing), timing)
        if self._in_flight >= self._settings.max_in_flight:
            return respond(request, Answer(503, {"error": "overloaded"}, {"Retry-After": "1"}), timing)
        self._in_flight += 1
        try:
            return respond(request, await self._outcome(request, timing), timing)
        finally:
            self._in_flight -= 1
        #@ end

    async def _outcome(self, request: web.BaseRequest, timing: Timing) -> Answer:
        """The answer, also when something goes wrong."""
        try:
            return await self._route(request, timing)
        except RequestError as error:
            return Answer(error.status, {"error": error.code})
        except Exception as error:
            log(error)
            return Answer(500, {"error": "internal"})

    async def _route(self, request: web.BaseRequest, timing: Timing) -> Answer:
        path, _, query = request.raw_path.partition("?")
        parameters = read_parameters(query)
        route = f"{request.method} {path}"
        if route == "GET /healthz":
            async with self._counted():
                return Answer(200, {"status": "ok"})
        if route == "GET /orders":
            page = read_page(parameters)
            async with self._counted(), self.database.connect(timing) as connection:
                return Answer(200, await list_orders(connection, page))
        if route == "GET /report":
            async with self._counted():
                async with self.database.connect(timing) as connection:
                    statuses = await orders_by_status(connection)
                return Answer(200, await make_report(statuses))
        if route == "POST /orders":
            order = read_order(await request.content.read())
            async with self.database.connect(timing) as connection:
                added = await add_order(connection, order)
            if added is None:
                raise RequestError(404, "unknown_customer")
            #@ stage 11
            self._rankings.clear()
            #@ end
            return Answer(201, added)
        if route == "GET /customers":
            email = parameters.get("email")
            if not email:
                raise RequestError(400, "invalid_email")
            async with self.database.connect(timing) as connection:
                return found(await find_customer(connection, email))
        if route == "GET /top":
            ranking = Ranking(read_limit(parameters, 10), parameters.get("city") or None, request.headers.get("Authorization") == "Bearer staff")
            #@ stage 1-10
            async with self.database.connect(timing) as connection:
                return Answer(200, {"top": await top_products(connection, ranking)})
            #@ end
            #@ stage 11
            return Answer(200, {"top": await self._rankings.get(ranking, lambda: self._top(ranking, timing))})
            #@ end
        if (matched := re.fullmatch("GET /orders/([0-9]{1,9})", route)) is not None:
            return await self._order(int(matched[1]), timing)
        if (matched := re.fullmatch("GET /customers/([0-9]{1,9})/orders", route)) is not None:
            async with self.database.connect(timing) as connection:
                return found(await orders_of_customer(connection, int(matched[1])))
        raise RequestError(404, "not_found")

    async def _order(self, order_id: int, timing: Timing) -> Answer:
        async with self.database.connect(timing) as connection:
            order = await find_order(connection, order_id)
        if order is None:
            raise RequestError(404, "not_found")
        #@ stage 1-11
        try:
            #@ stage 1-7
            quoted = await quote(self._settings.pricing_url, order_id, order["items"])
            #@ end
            #@ stage 8
            quoted = await self._pricing.quote(order_id, order["items"])
            #@ end
        except Exception as error:
            log(error)
            raise RequestError(502, "pricing_unavailable") from error
        return Answer(200, {**order, "quote_cents": quoted, "price_source": "live"})
        #@ end
        #@ stage 12
        quoted = await self._pricing.quote_or_known(order_id, order["items"])
        return Answer(200, {**order, "quote_cents": quoted.cents if quoted else order["total_cents"], "price_source": "live" if quoted and quoted.live else "cached"})
        #@ end
    #@ stage 11

    async def _top(self, ranking: Ranking, timing: Timing) -> list[Json]:
        async with self.database.connect(timing) as connection:
            return await top_products(connection, ranking)
    #@ end

    @asynccontextmanager
    async def _counted(self) -> AsyncIterator[None]:
        #@ stage 1-8
        """For what is counted: one at a time, as the count is shared."""
        async with self._lock:
            yield
            self._served += 1
        #@ end
        #@ stage 9
        """Counts what was answered."""
        yield
        self._served += 1
        #@ end


def found(body: Optional[Json]) -> Answer:
    if body is None:
        raise RequestError(404, "not_found")
    return Answer(200, body)


#@ stage 1-9
def respond(answer: Answer, timing: Timing) -> web.Response:
    text = json.dumps(answer.body, ensure_ascii=False, indent=2)
    return web.Response(status=answer.status, body=text.encode(), headers={"Server-Timing": timing.header}, content_type="application/json")


#@ end
def log(error: Exception) -> None:
    print(repr(error), file=sys.stderr)
