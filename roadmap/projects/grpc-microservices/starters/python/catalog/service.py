"""What the shop sells."""

# roadmap: http-and-api-protocols
# roadmap: api-design

import asyncio
import sys

from gen import shop_pb2_grpc
from shared.products import read_products
from shared.run import Settings
from shared.server import serve_grpc


async def serve(settings: Settings, stop: asyncio.Event) -> None:
    products = read_products(settings.products_file)
    # TODO (stage 1): answer GetProduct.
    #   1. Give Catalog a method: async def GetProduct(self, request, context). Those that it lacks answer UNIMPLEMENTED.
    #   2. Return a shop_pb2.Product(id=…, name=…); await context.abort(grpc.StatusCode.NOT_FOUND, "why") fails with a status code.
    #   3. An id that no product has is NOT_FOUND, an empty one INVALID_ARGUMENT.
    print(f"TODO (stage 1): {len(products)} products are here, and GetProduct is not yet. Your work begins in catalog/service.py; README.md says how.", file=sys.stderr)
    await serve_grpc(settings, stop, shop_pb2_grpc.add_CatalogServicer_to_server, "shop.v1.Catalog", Catalog())


class Catalog(shop_pb2_grpc.CatalogServicer):
    pass
