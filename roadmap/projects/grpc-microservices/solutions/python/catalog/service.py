"""What the shop sells."""

import asyncio
#@ stage 3
import bisect
import os
from typing import Any, AsyncIterator, Dict, List
#@ end
#@ stage 1-2
from typing import Any, List
#@ end

import grpc

from gen import shop_pb2, shop_pb2_grpc
from shared.methods import StatusError, invalid
#@ stage 6
from shared.neighbor import PATIENCE, Deadline, Neighbor
#@ end
#@ stage 3-5
from shared.neighbor import Neighbor
#@ end
from shared.products import ProductRow, read_products
from shared.run import Settings
from shared.server import serve_grpc

#@ stage 3
# So many products the inventory is asked for at a time.
BATCH = 10
#@ end


async def serve(settings: Settings, stop: asyncio.Event) -> None:
    #@ stage 1-2
    catalog = Catalog(read_products(settings.products_file))
    #@ end
    #@ stage 3
    inventory = Neighbor(shop_pb2_grpc.InventoryStub, os.environ.get("INVENTORY_ADDR", "127.0.0.1:50052"))
    catalog = Catalog(read_products(settings.products_file), inventory)
    #@ end
    await serve_grpc(settings, stop, shop_pb2_grpc.add_CatalogServicer_to_server, "shop.v1.Catalog", catalog)


class Catalog(shop_pb2_grpc.CatalogServicer):
    #@ stage 1-2
    def __init__(self, rows: List[ProductRow]):
        self._products = {row.id: _message(row) for row in rows}
    #@ end
    #@ stage 3
    def __init__(self, rows: List[ProductRow], inventory: Neighbor):
        self._products = {row.id: _message(row) for row in rows}
        # In the order of their bytes, which Python's order of texts is not beyond the basic plane.
        self._ids = sorted(self._products, key=str.encode)
        self._inventory = inventory
    #@ end

    async def GetProduct(self, request: Any, context: grpc.aio.ServicerContext) -> Any:
        if request.id == "":
            raise invalid("the id is empty")
        product = self._products.get(request.id)
        if product is None:
            raise StatusError(grpc.StatusCode.NOT_FOUND, f"there is no product {request.id!r}")
        return product
    #@ stage 3

    async def ListProducts(self, request: Any, context: grpc.aio.ServicerContext) -> AsyncIterator[Any]:
        if request.page_size < 0:
            raise invalid("page_size is negative")
        first = bisect.bisect_right([name.encode() for name in self._ids], request.after.encode())
        ids = self._ids[first : first + request.page_size] if request.page_size else self._ids[first:]
        if not request.with_stock:
            for name in ids:
                yield self._products[name]
            return
        for begin in range(0, len(ids), BATCH):
            some = ids[begin : begin + BATCH]
            # Asked when the reader has taken the ones before: a yield waits for the reader.
            available = await self._available(some, context)
            for name in some:
                product = shop_pb2.Product()
                product.CopyFrom(self._products[name])
                product.available = available[name]
                yield product

    async def _available(self, ids: List[str], context: grpc.aio.ServicerContext) -> Dict[str, int]:
        #@ stage 3-5
        response = await self._inventory.call("Get", shop_pb2.GetStockRequest(product_ids=ids))
        #@ end
        #@ stage 6
        response = await self._inventory.call("Get", shop_pb2.GetStockRequest(product_ids=ids), Deadline.of(context).at_most(PATIENCE))
        #@ end
        return {stock.product_id: stock.available for stock in response.stocks}
    #@ end


def _message(row: ProductRow) -> Any:
    return shop_pb2.Product(id=row.id, name=row.name, description=row.description, price_cents=row.price_cents)
