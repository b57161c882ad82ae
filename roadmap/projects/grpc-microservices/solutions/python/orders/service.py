#@ file 5
"""Who buys what."""

import asyncio
import os
from typing import Any, AsyncIterator, List

import grpc

from gen import shop_pb2_grpc
from shared.methods import StatusError, invalid
#@ stage 5-5
from shared.neighbor import Neighbor
#@ end
#@ stage 6
from shared.neighbor import Deadline, Neighbor
#@ end
from shared.run import Settings
from shared.server import serve_grpc

#@ stage 5-7
from .book import Book, Item
from .saga import Saga
#@ end
#@ stage 8
from .book import CONFIRMED, REJECTED, Book, Item
#@ stage 9
from .breaker import Breaker
#@ end
from .saga import Saga, why_rejected
#@ end

MOST_CENTS = 2**63 - 1


async def serve(settings: Settings, stop: asyncio.Event) -> None:
    book = Book(settings.data_dir)
    inventory = Neighbor(shop_pb2_grpc.InventoryStub, os.environ.get("INVENTORY_ADDR", "127.0.0.1:50052"))
    #@ stage 5-8
    payments = Neighbor(shop_pb2_grpc.PaymentsStub, os.environ.get("PAYMENTS_ADDR", "127.0.0.1:50054"))
    #@ end
    #@ stage 9
    breaker = Breaker(int(os.environ.get("BREAKER_OPEN_MS", "5000")) / 1000)
    payments = Neighbor(shop_pb2_grpc.PaymentsStub, os.environ.get("PAYMENTS_ADDR", "127.0.0.1:50054"), breaker.around)
    #@ end
    saga = Saga(book, inventory, payments)
    resumed = [asyncio.create_task(saga.resume(order)) for order in book.unresolved()]
    await serve_grpc(settings, stop, shop_pb2_grpc.add_OrdersServicer_to_server, "shop.v1.Orders", Orders(book, saga))
    for task in resumed:
        task.cancel()


class Orders(shop_pb2_grpc.OrdersServicer):
    def __init__(self, book: Book, saga: Saga):
        self._book = book
        self._saga = saga

    async def CreateOrder(self, request: Any, context: grpc.aio.ServicerContext) -> Any:
        items = _items(request)
        #@ stage 5-5
        order = self._book.begin(request.customer_id, items)
        await self._saga.advance(order)
        #@ end
        #@ stage 6-7
        deadline = Deadline.of(context)
        order = self._book.begin(request.customer_id, items)
        await self._saga.advance(order, deadline)
        #@ end
        #@ stage 8
        deadline = Deadline.of(context)
        order = self._book.begin(request.customer_id, request.idempotency_key, items)
        async with order.lock:
            if order.step == REJECTED:
                raise why_rejected(order.code or grpc.StatusCode.FAILED_PRECONDITION)
            if order.step != CONFIRMED:
                await self._saga.advance(order, deadline)
        #@ end
        return order.message

    async def GetOrder(self, request: Any, context: grpc.aio.ServicerContext) -> Any:
        if request.id == "":
            raise invalid("the id is empty")
        order = self._book.find(request.id)
        if order is None:
            raise StatusError(grpc.StatusCode.NOT_FOUND, f"there is no order {request.id!r}")
        return order.message

    async def StreamOrders(self, request: Any, context: grpc.aio.ServicerContext) -> AsyncIterator[Any]:
        if request.customer_id == "":
            raise invalid("customer_id is empty")
        for order in self._book.of(request.customer_id):
            yield order.message


def _items(request: Any) -> List[Item]:
    """Refuses what can never be right."""
    if request.idempotency_key == "" or request.customer_id == "":
        raise invalid("idempotency_key and customer_id must not be empty")
    if not request.items:
        raise invalid("there are no items")
    for item in request.items:
        if item.product_id == "" or item.quantity <= 0 or item.unit_price_cents < 0:
            raise invalid("an item needs a product, a quantity above 0 and a price that is not negative")
    if sum(item.quantity * item.unit_price_cents for item in request.items) > MOST_CENTS:
        raise invalid("the total is too large")
    return [(item.product_id, item.quantity, item.unit_price_cents) for item in request.items]
