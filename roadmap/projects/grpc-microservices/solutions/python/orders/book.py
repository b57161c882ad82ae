#@ file 5
"""All orders, as the journal tells them."""

import asyncio
import uuid
from dataclasses import dataclass, field
from typing import Any, Dict, List, Optional, Tuple

import grpc

from gen import shop_pb2
#@ stage 8
from shared.methods import StatusError
#@ end

from .journal import Journal

# How far an order has come.
BEGUN, PENDING, RESERVED, CONFIRMED, REJECTED = "", "PENDING", "RESERVED", "CONFIRMED", "REJECTED"
ENDS = (CONFIRMED, REJECTED)

# Product, quantity, price of one in cents.
Item = Tuple[str, int, int]


@dataclass
class Order:
    id: str
    customer: str
    items: List[Item]
    #@ stage 8
    # What the customer calls it.
    key: str
    # Held by whoever works on it.
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    #@ end
    step: str = BEGUN
    # Why it was rejected.
    code: Optional[grpc.StatusCode] = None

    @property
    def total(self) -> int:
        return sum(quantity * cents for _, quantity, cents in self.items)

    @property
    def item_messages(self) -> List[Any]:
        return [shop_pb2.Item(product_id=product, quantity=quantity, unit_price_cents=cents) for product, quantity, cents in self.items]

    @property
    def message(self) -> Any:
        state = {CONFIRMED: shop_pb2.ORDER_STATUS_CONFIRMED, REJECTED: shop_pb2.ORDER_STATUS_REJECTED}.get(self.step, shop_pb2.ORDER_STATUS_PENDING)
        return shop_pb2.Order(id=self.id, customer_id=self.customer, items=self.item_messages, total_cents=self.total, status=state)


class Book:
    def __init__(self, folder: str):
        self._journal = Journal(folder)
        self._by_id: Dict[str, Order] = {}
        #@ stage 8
        self._by_key: Dict[Tuple[str, str], Order] = {}
        #@ end
        for entry in self._journal.entries:
            order = self._by_id.get(entry["id"])
            if order is None:
                items = [(product, quantity, cents) for product, quantity, cents in entry["items"]]
                #@ stage 5-7
                order = self._add(Order(entry["id"], entry["customer"], items))
                #@ end
                #@ stage 8
                order = self._add(Order(entry["id"], entry["customer"], items, entry["key"]))
                #@ end
            order.step = entry["step"]
            order.code = grpc.StatusCode[entry["code"]] if "code" in entry else None

    def _add(self, order: Order) -> Order:
        self._by_id[order.id] = order
        #@ stage 8
        self._by_key[order.customer, order.key] = order
        #@ end
        return order

    #@ stage 5-7
    def begin(self, customer: str, items: List[Item]) -> Order:
        """A new order."""
        return self._add(Order(str(uuid.uuid4()), customer, items))
    #@ end
    #@ stage 8
    def begin(self, customer: str, key: str, items: List[Item]) -> Order:
        """The order that the customer's key stands for, a new one if there is none. Raises StatusError when it is of other items."""
        order = self._by_key.get((customer, key))
        if order is None:
            return self._add(Order(str(uuid.uuid4()), customer, items, key))
        if order.items != items:
            raise StatusError(grpc.StatusCode.ALREADY_EXISTS, "the key stands for an order of other items")
        return order
    #@ end

    async def keep(self, order: Order, step: str, code: Optional[grpc.StatusCode] = None) -> None:
        """Enters a step when it is on disk. A caller who leaves meanwhile does not come between the two."""
        await asyncio.shield(asyncio.ensure_future(self._keep(order, step, code)))

    async def _keep(self, order: Order, step: str, code: Optional[grpc.StatusCode]) -> None:
        entry: Dict[str, Any] = {"id": order.id, "step": step}
        if step == PENDING:
            entry.update(customer=order.customer, items=order.items)
            #@ stage 8
            entry.update(key=order.key)
            #@ end
        if code is not None:
            entry["code"] = code.name
        await self._journal.write(entry)
        order.step, order.code = step, code

    def find(self, name: str) -> Optional[Order]:
        return self._by_id.get(name)

    def of(self, customer: str) -> List[Order]:
        """A customer's orders, the oldest first."""
        return [order for order in self._by_id.values() if order.customer == customer]

    def unresolved(self) -> List[Order]:
        """The orders whose end is not known yet."""
        return [order for order in self._by_id.values() if order.step not in ENDS]
