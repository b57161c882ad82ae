"""Reading parameters and bodies."""

import json
import re
from typing import Any, Optional
from urllib.parse import parse_qs

from .orders import NewOrder, Page

# The names of parameters with their values.
Parameters = dict[str, str]


class RequestError(Exception):
    """What a request asks for can't be had; `code` goes into the answer."""

    def __init__(self, status: int, code: str):
        super().__init__(code)
        self.status = status
        self.code = code


def read_parameters(query: str) -> Parameters:
    """What stands behind the `?`; of repeated ones the first."""
    return {name: values[0] for name, values in parse_qs(query, keep_blank_values=True).items()}


def number(text: str) -> Optional[int]:
    """A whole number of at most nine digits."""
    return int(text) if re.fullmatch("[0-9]{1,9}", text) else None


def read_limit(parameters: Parameters, usual: int) -> int:
    """How many are asked for. Raises RequestError."""
    if "limit" not in parameters:
        return usual
    limit = number(parameters["limit"])
    if limit is None or limit < 1:
        raise RequestError(400, "invalid_limit")
    return limit


def read_page(parameters: Parameters) -> Page:
    """Raises RequestError."""
    limit = read_limit(parameters, 50)
    after = number(parameters["after"]) if "after" in parameters else None
    if "after" in parameters and after is None:
        raise RequestError(400, "invalid_after")
    status = parameters.get("status")
    if status not in (None, "open", "paid", "shipped", "cancelled"):
        raise RequestError(400, "invalid_status")
    sort = parameters.get("sort", "newest")
    if sort not in ("newest", "total"):
        raise RequestError(400, "invalid_sort")
    return Page(limit, after, status, sort)


def read_order(body: bytes) -> NewOrder:
    """Raises RequestError."""
    try:
        # NaN and Infinity are no JSON, and no int.
        order = json.loads(body.decode(), parse_constant=int)
    except (ValueError, RecursionError):
        raise RequestError(400, "invalid_order") from None
    if not _is_order(order):
        raise RequestError(400, "invalid_order")
    return NewOrder(order["customer_id"], [{"sku": item["sku"], "qty": item["qty"], "price_cents": item["price_cents"]} for item in order["items"]])


def _is_order(value: Any) -> bool:
    items = value.get("items") if isinstance(value, dict) else None
    return isinstance(items, list) and 1 <= len(items) <= 20 and all(map(_is_item, items)) and _is_whole(value.get("customer_id"), 1, 999_999_999)


def _is_item(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and isinstance(value.get("sku"), str)
        and re.fullmatch("[A-Z0-9-]{1,20}", value["sku"]) is not None
        and _is_whole(value.get("qty"), 1, 100)
        and _is_whole(value.get("price_cents"), 0, 1_000_000)
    )


def _is_whole(value: Any, least: int, most: int) -> bool:
    # True is an int, too.
    return type(value) is int and least <= value <= most
