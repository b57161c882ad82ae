#@ file 8
"""The client of the pricing service."""

#@ stage 12
import asyncio
#@ end
import json
#@ stage 12
from collections import OrderedDict
#@ end
from functools import partial
#@ stage 12
from typing import NamedTuple, Optional
#@ end

import aiohttp

from .orders import Json
#@ stage 12

# The most quotes that are kept.
MOST_KNOWN = 10_000


class Quote(NamedTuple):
    cents: int
    # Or what was known of it before.
    live: bool
#@ end


class Pricing:
    """The pricing service. To be made within the event loop."""

    #@ stage 8-11
    def __init__(self, url: str):
        self._url = f"{url}/quotes"
        # It keeps its connections, and sends what is small at once (TCP_NODELAY).
        self._client = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=4), json_serialize=partial(json.dumps, separators=(",", ":")))
    #@ end
    #@ stage 12
    def __init__(self, url: str, timeout: float):
        """timeout is in seconds, for the whole call: the waiting for a free connection, too."""
        self._url = f"{url}/quotes"
        # It keeps its connections, and sends what is small at once (TCP_NODELAY).
        self._client = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=4),
            json_serialize=partial(json.dumps, separators=(",", ":")),
            timeout=aiohttp.ClientTimeout(total=timeout),
        )
        # The last live quotes by orders, the oldest first.
        self._known: OrderedDict[int, int] = OrderedDict()

    async def quote_or_known(self, order_id: int, items: list[Json]) -> Optional[Quote]:
        """What an order costs today, or did when it was last asked for; None when that is not known."""
        try:
            cents = await self.quote(order_id, items)
        except (aiohttp.ClientError, asyncio.TimeoutError, ValueError):
            return Quote(self._known[order_id], live=False) if order_id in self._known else None
        self._known[order_id] = cents
        self._known.move_to_end(order_id)
        if len(self._known) > MOST_KNOWN:
            self._known.popitem(last=False)
        return Quote(cents, live=True)
    #@ end

    async def quote(self, order_id: int, items: list[Json]) -> int:
        """What an order costs today, in cents. Raises aiohttp.ClientError, asyncio.TimeoutError or ValueError when the pricing service does not answer as it should."""
        body = {"order_id": order_id, "items": [{"sku": item["sku"], "qty": item["qty"]} for item in items]}
        async with self._client.post(self._url, json=body) as response:
            if response.status != 200:
                raise ValueError(f"the pricing service answered {response.status}")
            answer = await response.json(content_type=None)
        cents = answer.get("total_cents") if isinstance(answer, dict) else None
        if not isinstance(cents, int):
            raise ValueError("the pricing service answered without total_cents")
        return cents
