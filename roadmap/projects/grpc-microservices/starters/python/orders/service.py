"""Who buys what."""

# roadmap: event-driven-systems

import asyncio

from gen import shop_pb2_grpc
from shared.run import Settings
from shared.server import serve_grpc


async def serve(settings: Settings, stop: asyncio.Event) -> None:
    # TODO (stage 5): answer CreateOrder, GetOrder and StreamOrders. INVENTORY_ADDR and PAYMENTS_ADDR say where the neighbors are.
    await serve_grpc(settings, stop, shop_pb2_grpc.add_OrdersServicer_to_server, "shop.v1.Orders", Orders())


class Orders(shop_pb2_grpc.OrdersServicer):
    pass
