#@ file 11
"""The shop as JSON over HTTP."""

import asyncio
import json
import os
#@ stage 12
import time
#@ end
#@ stage 11-11
import traceback
#@ end
from typing import Any, Tuple
from urllib.parse import quote, unquote

from aiohttp import web

from gen import shop_pb2, shop_pb2_grpc
from shared.methods import StatusError
from shared.neighbor import Deadline, Neighbor
from shared.run import Settings
#@ stage 12
from shared.log import log, log_request
from shared.trace import enter_trace, read_trace
#@ end
#@ stage 13
from shared.running import Running
#@ end

from .failure import Failure, failure_of
from .tokens import Tokens

MOST_BODY = 1 << 20


async def serve(settings: Settings, stop: asyncio.Event) -> None:
    gateway = Gateway(
        Tokens(os.environ.get("JWT_JWKS", '{ "keys": [] }'), os.environ.get("JWT_ISSUER", ""), os.environ.get("JWT_AUDIENCE", "")),
        Neighbor(shop_pb2_grpc.CatalogStub, os.environ.get("CATALOG_ADDR", "127.0.0.1:50051")),
        Neighbor(shop_pb2_grpc.OrdersStub, os.environ.get("ORDERS_ADDR", "127.0.0.1:50053")),
        #@ stage 13
        stop,
        #@ end
    )
    #@ stage 11-12
    runner = web.ServerRunner(web.Server(gateway.answer, access_log=None))
    #@ end
    #@ stage 13
    runner = web.ServerRunner(web.Server(gateway.answer, access_log=None), shutdown_timeout=settings.grace)
    #@ end
    await runner.setup()
    #@ stage 11-12
    await web.TCPSite(runner, settings.host, settings.port).start()
    await stop.wait()
    await runner.cleanup()
    #@ end
    #@ stage 13
    site = web.TCPSite(runner, settings.host, settings.port)
    await site.start()
    await stop.wait()
    # Takes no new connections; then those who wait for an answer get it.
    await site.stop()
    await gateway.running.ended(settings.grace)
    await runner.cleanup()
    #@ end


class Gateway:
    #@ stage 11-12
    def __init__(self, tokens: Tokens, catalog: Neighbor, orders: Neighbor):
        self._tokens = tokens
        self._catalog = catalog
        self._orders = orders
    #@ end
    #@ stage 13
    def __init__(self, tokens: Tokens, catalog: Neighbor, orders: Neighbor, stop: asyncio.Event):
        self._tokens = tokens
        self._catalog = catalog
        self._orders = orders
        self._stop = stop
        self.running = Running()
    #@ end

    #@ stage 11-11
    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        return await self._respond(request)
    #@ end
    #@ stage 12-12
    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        """Continues the caller's trace, or begins one, and logs each request."""
        began = time.perf_counter()
        trace = read_trace(request.headers.getall("traceparent", []), ",".join(request.headers.getall("tracestate", [])))
        enter_trace(trace)
        response = await self._respond(request)
        log_request(trace, _name(request), response.status, time.perf_counter() - began)
        return response
    #@ end
    #@ stage 13
    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        """Continues the caller's trace, or begins one, and logs each request."""
        began = time.perf_counter()
        trace = read_trace(request.headers.getall("traceparent", []), ",".join(request.headers.getall("tracestate", [])))
        enter_trace(trace)
        with self.running:
            response = await self._respond(request)
        if self._stop.is_set():
            response.force_close()
        log_request(trace, _name(request), response.status, time.perf_counter() - began)
        return response
    #@ end

    async def _respond(self, request: web.BaseRequest) -> web.Response:
        try:
            return await self._route(request, Deadline())
        except Failure as error:
            failure = error
        except StatusError as error:
            failure = failure_of(error)
        except Exception as error:
            # A defect is for the log, not for the client.
            #@ stage 11-11
            traceback.print_exception(type(error), error, error.__traceback__)
            #@ end
            #@ stage 12
            log("error", repr(error))
            #@ end
            failure = Failure(500, "INTERNAL", "the shop can't answer at the moment")
        return web.json_response({"error": {"code": failure.code, "message": str(failure)}}, status=failure.status, headers=failure.headers)

    async def _route(self, request: web.BaseRequest, deadline: Deadline) -> web.Response:
        parts = request.raw_path.split("?")[0].lstrip("/").split("/")
        name = unquote(parts[1]) if len(parts) == 2 else ""
        if parts == ["healthz"]:
            _only(request, "GET")
            return self._health()
        if parts[0] == "products" and name:
            _only(request, "GET")
            return await self._product(name, deadline)
        if parts == ["orders"]:
            _only(request, "POST")
            return await self._create_order(request, deadline)
        if parts[0] == "orders" and name:
            _only(request, "GET")
            return await self._order(request, name, deadline)
        raise Failure(404, "NOT_FOUND", "there is nothing at this path")

    def _health(self) -> web.Response:
        #@ stage 13
        if self._stop.is_set():
            raise Failure(503, "UNAVAILABLE", "the gateway stops")
        #@ end
        return web.json_response({"status": "SERVING"})

    async def _product(self, name: str, deadline: Deadline) -> web.Response:
        product = await self._catalog.call("GetProduct", shop_pb2.GetProductRequest(id=name), deadline)
        return web.json_response({"id": product.id, "name": product.name, "description": product.description, "priceCents": product.price_cents})

    async def _create_order(self, request: web.BaseRequest, deadline: Deadline) -> web.Response:
        customer = self._tokens.check(request, "orders:write")
        key = request.headers.get("Idempotency-Key", "")
        if not key:
            raise Failure(400, "INVALID_ARGUMENT", "the header Idempotency-Key is missing")
        user = (("x-user-id", customer),)
        items = []
        for product_id, quantity in await _wanted(request):
            # What it costs is the shop's word, never the customer's.
            product = await self._catalog.call("GetProduct", shop_pb2.GetProductRequest(id=product_id), deadline, user)
            items.append(shop_pb2.Item(product_id=product_id, quantity=quantity, unit_price_cents=product.price_cents))
        order = await self._orders.call("CreateOrder", shop_pb2.CreateOrderRequest(idempotency_key=key, customer_id=customer, items=items), deadline, user)
        return web.json_response(_body(order), status=201, headers={"Location": f"/orders/{quote(order.id, safe='')}"})

    async def _order(self, request: web.BaseRequest, name: str, deadline: Deadline) -> web.Response:
        customer = self._tokens.check(request, "orders:read")
        order = await self._orders.call("GetOrder", shop_pb2.GetOrderRequest(id=name), deadline, (("x-user-id", customer),))
        if order.customer_id != customer:
            # Not 403: that would say that there is such an order.
            raise Failure(404, "NOT_FOUND", "there is no such order")
        return web.json_response(_body(order))


def _only(request: web.BaseRequest, method: str) -> None:
    if request.method != method:
        raise Failure(405, "METHOD_NOT_ALLOWED", "the Allow header says which methods this path has", {"Allow": method})


async def _wanted(request: web.BaseRequest) -> "list[Tuple[str, int]]":
    """The products and quantities that a body asks for."""
    text = await _read(request)
    try:
        items = json.loads(text)["items"]
        wanted = [(item["productId"], item["quantity"]) for item in items]
    except (ValueError, KeyError, TypeError) as error:
        raise Failure(400, "INVALID_ARGUMENT", f"the body is not the JSON that is expected: {error!r}") from error
    for product_id, quantity in wanted:
        if not isinstance(product_id, str) or type(quantity) is not int or not -(2**31) <= quantity < 2**31:
            raise Failure(400, "INVALID_ARGUMENT", "an item needs a productId and a whole quantity")
    return wanted


async def _read(request: web.BaseRequest) -> bytes:
    too_large = Failure(413, "RESOURCE_EXHAUSTED", "the body is above 1 MiB")
    if (request.content_length or 0) > MOST_BODY:
        raise too_large
    text = b""
    async for piece in request.content.iter_any():
        text += piece
        if len(text) > MOST_BODY:
            raise too_large
    return text


def _body(order: Any) -> "dict[str, Any]":
    return {
        "id": order.id,
        "customerId": order.customer_id,
        "status": shop_pb2.OrderStatus.Name(order.status)[len("ORDER_STATUS_") :],
        "totalCents": order.total_cents,
        "items": [{"productId": item.product_id, "quantity": item.quantity, "unitPriceCents": item.unit_price_cents} for item in order.items],
    }
#@ stage 12


def _name(request: web.BaseRequest) -> str:
    """The path's first word: an id in it would make each request a method of its own."""
    return f"{request.method} /{request.path.lstrip('/').split('/')[0]}"
#@ end
