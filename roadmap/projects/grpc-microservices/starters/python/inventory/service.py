"""What is in stock."""

# roadmap: transactions-consistency

import asyncio

from gen import shop_pb2_grpc
from shared.run import Settings
from shared.server import serve_grpc


async def serve(settings: Settings, stop: asyncio.Event) -> None:
    # TODO (stage 4): answer Reserve, Release, Get and Watch. Every product begins with its `stock`.
    await serve_grpc(settings, stop, shop_pb2_grpc.add_InventoryServicer_to_server, "shop.v1.Inventory", Inventory())


class Inventory(shop_pb2_grpc.InventoryServicer):
    pass
