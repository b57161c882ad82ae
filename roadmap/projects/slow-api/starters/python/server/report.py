"""The report with its signature."""

import hashlib

from .orders import Json


async def make_report(statuses: list[Json]) -> Json:
    """The figures of a report with a signature that is expensive to forge."""
    return {"statuses": statuses, "signature": sign_report(format_report(statuses))}


def format_report(statuses: list[Json]) -> str:
    return "".join(f"{line['status']}:{line['orders']}:{line['total_cents']}\n" for line in statuses)


def sign_report(text: str) -> str:
    return hashlib.pbkdf2_hmac("sha512", text.encode(), b"orders-report", 300_000, 32).hex()
