"""The client of the pricing service."""

import asyncio
import json
import socket
from urllib.parse import urlsplit

from .orders import Json


async def quote(pricing_url: str, order_id: int, items: list[Json]) -> int:
    """What an order costs today, in cents. Raises OSError, EOFError or ValueError when the pricing service does not answer as it should."""
    address = urlsplit(pricing_url)
    body = json.dumps({"order_id": order_id, "items": [{"sku": item["sku"], "qty": item["qty"]} for item in items]}, separators=(",", ":")).encode()
    head = f"POST /quotes HTTP/1.1\r\nHost: {address.netloc}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode()
    reader, writer = await asyncio.open_connection(address.hostname, address.port or 80)
    try:
        # As the system has it, whatever asyncio prefers.
        writer.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 0)
        for piece in (head, body):
            writer.write(piece)
            await writer.drain()
        return await _read_answer(reader)
    finally:
        writer.close()


async def _read_answer(reader: asyncio.StreamReader) -> int:
    status, *lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    if status.split(" ")[1:2] != ["200"]:
        raise ValueError(f"the pricing service answered {status}")
    length = headers.get("content-length")
    answer = json.loads(await reader.read() if length is None else await reader.readexactly(int(length)))
    cents = answer.get("total_cents") if isinstance(answer, dict) else None
    if not isinstance(cents, int):
        raise ValueError("the pricing service answered without total_cents")
    return cents
