#@ file 4
"""The stock, in memory."""

import asyncio
from dataclasses import dataclass
from typing import Dict, List

import grpc

from shared.methods import StatusError, invalid
from shared.products import ProductRow


@dataclass
class _Reservation:
    """What a key stands for. It stays when it is released, so that a late repeat takes nothing."""

    items: Dict[str, int]
    released: bool = False


class Store:
    """One thread runs all of this, and nothing here waits: so each method is a single step for everybody else."""

    def __init__(self, rows: List[ProductRow]):
        self._stock = {row.id: row.stock for row in rows}
        self._changed = {row.id: asyncio.Event() for row in rows}
        self._reservations: Dict[str, _Reservation] = {}

    def reserve(self, key: str, items: Dict[str, int]) -> None:
        """Takes all items, or none and raises StatusError."""
        made = self._reservations.get(key)
        if made is not None:
            if made.released:
                raise StatusError(grpc.StatusCode.FAILED_PRECONDITION, "the reservation has been released")
            if made.items != items:
                raise StatusError(grpc.StatusCode.ALREADY_EXISTS, "the key stands for a reservation of other items")
            return
        for name in items:
            self._known(name)
        for name, quantity in items.items():
            if self._stock[name] < quantity:
                raise StatusError(grpc.StatusCode.FAILED_PRECONDITION, f"there are {self._stock[name]} of product {name!r}")
        self._reservations[key] = _Reservation(items)
        for name, quantity in items.items():
            self._change(name, -quantity)

    def release(self, key: str) -> None:
        """Puts back what is reserved under the key, once."""
        made = self._reservations.setdefault(key, _Reservation({}))
        if made.released:
            return
        made.released = True
        for name, quantity in made.items.items():
            self._change(name, quantity)

    def available(self, name: str) -> int:
        self._known(name)
        return self._stock[name]

    def changed(self, name: str) -> asyncio.Event:
        """Is set when what is available of the product changes."""
        self._known(name)
        return self._changed[name]

    def _known(self, name: str) -> None:
        if name == "":
            raise invalid("the product's id is empty")
        if name not in self._stock:
            raise StatusError(grpc.StatusCode.NOT_FOUND, f"there is no product {name!r}")

    def _change(self, name: str, by: int) -> None:
        self._stock[name] += by
        self._changed[name].set()
        self._changed[name] = asyncio.Event()
