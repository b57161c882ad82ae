#@ file 4
"""What is in stock."""

import asyncio
from typing import Any, AsyncIterator

import grpc

from gen import shop_pb2, shop_pb2_grpc
#@ stage 13
from shared.methods import StatusError, invalid
#@ end
#@ stage 4-12
from shared.methods import invalid
#@ end
from shared.products import read_products
from shared.run import Settings
from shared.server import serve_grpc

from .store import Store


async def serve(settings: Settings, stop: asyncio.Event) -> None:
    #@ stage 4-12
    inventory = Inventory(Store(read_products(settings.products_file)))
    #@ end
    #@ stage 13
    inventory = Inventory(Store(read_products(settings.products_file)), stop)
    #@ end
    await serve_grpc(settings, stop, shop_pb2_grpc.add_InventoryServicer_to_server, "shop.v1.Inventory", inventory)


class Inventory(shop_pb2_grpc.InventoryServicer):
    #@ stage 4-12
    def __init__(self, store: Store):
        self._store = store
    #@ end
    #@ stage 13
    def __init__(self, store: Store, stop: asyncio.Event):
        self._store = store
        self._stop = stop
    #@ end

    async def Reserve(self, request: Any, context: grpc.aio.ServicerContext) -> Any:
        if request.idempotency_key == "":
            raise invalid("idempotency_key is empty")
        if not request.items:
            raise invalid("there are no items")
        wanted: "dict[str, int]" = {}
        for item in request.items:
            if item.product_id == "" or item.quantity <= 0:
                raise invalid("an item needs a product and a quantity above 0")
            wanted[item.product_id] = wanted.get(item.product_id, 0) + item.quantity
        self._store.reserve(request.idempotency_key, wanted)
        return shop_pb2.ReserveResponse()

    async def Release(self, request: Any, context: grpc.aio.ServicerContext) -> Any:
        if request.idempotency_key == "":
            raise invalid("idempotency_key is empty")
        self._store.release(request.idempotency_key)
        return shop_pb2.ReleaseResponse()

    async def Get(self, request: Any, context: grpc.aio.ServicerContext) -> Any:
        if not request.product_ids:
            raise invalid("there are no product_ids")
        return shop_pb2.GetStockResponse(stocks=[self._stock(name) for name in request.product_ids])

    async def Watch(self, request: Any, context: grpc.aio.ServicerContext) -> AsyncIterator[Any]:
        last = None
        while True:
            changed = self._store.changed(request.product_id)
            stock = self._stock(request.product_id)
            if stock.available != last:
                last = stock.available
                yield stock
                # It may have changed while the reader was slow.
                continue
            #@ stage 4-12
            await changed.wait()
            #@ end
            #@ stage 13
            await _first(changed, self._stop)
            if self._stop.is_set():
                raise StatusError(grpc.StatusCode.UNAVAILABLE, "the inventory stops: watch another one")
            #@ end

    def _stock(self, name: str) -> Any:
        return shop_pb2.Stock(product_id=name, available=self._store.available(name))
#@ stage 13


async def _first(*events: asyncio.Event) -> None:
    """Waits for one of the events."""
    tasks = [asyncio.ensure_future(event.wait()) for event in events]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
#@ end
