"""Given: the shop's goods, read from a file."""

import json
from dataclasses import dataclass


@dataclass(frozen=True)
class ProductRow:
    """A row of data/products.json. Their order in the file means nothing."""

    id: str
    name: str
    description: str
    price_cents: int
    stock: int


def read_products(file: str) -> "list[ProductRow]":
    """Raises ValueError or OSError when the file is damaged or missing."""
    try:
        with open(file, encoding="utf-8") as text:
            return [ProductRow(row["id"], row["name"], row["description"], row["priceCents"], row["stock"]) for row in json.load(text)]
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(f"can't read the products in {file}: {error}. PRODUCTS_FILE names the file.") from error
