#@ file 9
"""The report with its signature."""

import asyncio
import hashlib

from .orders import Json


async def make_report(statuses: list[Json]) -> Json:
    """The figures of a report with a signature that is expensive to forge."""
    # In a thread: hashlib lets the others go on meanwhile.
    return {"statuses": statuses, "signature": await asyncio.to_thread(sign_report, format_report(statuses))}


def format_report(statuses: list[Json]) -> str:
    return "".join(f"{line['status']}:{line['orders']}:{line['total_cents']}\n" for line in statuses)


def sign_report(text: str) -> str:
    return hashlib.pbkdf2_hmac("sha512", text.encode(), b"orders-report", 300_000, 32).hex()
