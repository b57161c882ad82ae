#@ file 5
"""The steps of an order."""

import asyncio
from typing import Any

import grpc

from gen import shop_pb2
from shared.methods import StatusError
#@ stage 6
from shared.neighbor import Deadline, Neighbor
#@ end
#@ stage 5-5
from shared.neighbor import Neighbor
#@ end

from .book import BEGUN, CONFIRMED, ENDS, PENDING, REJECTED, RESERVED, Book, Order

_CODE = grpc.StatusCode
# Payments have answered and will not charge. All other failures may hide a charge.
REFUSALS = (_CODE.INVALID_ARGUMENT, _CODE.NOT_FOUND, _CODE.FAILED_PRECONDITION, _CODE.ALREADY_EXISTS, _CODE.PERMISSION_DENIED, _CODE.UNAUTHENTICATED, _CODE.OUT_OF_RANGE)
# What the inventory refuses, and what the caller is told.
_NOT_RESERVED = {
    _CODE.INVALID_ARGUMENT: _CODE.INVALID_ARGUMENT,
    _CODE.NOT_FOUND: _CODE.NOT_FOUND,
    _CODE.FAILED_PRECONDITION: _CODE.FAILED_PRECONDITION,
    _CODE.ALREADY_EXISTS: _CODE.FAILED_PRECONDITION,
}
# Seconds between two attempts to resolve an order that an earlier process has left.
RESUME_AGAIN = 1.0


class Rejected(StatusError):
    """The order has its end, and this is why."""


class Saga:
    """The order's id is the key of each step, so a step that is repeated does nothing twice."""

    def __init__(self, book: Book, inventory: Neighbor, payments: Neighbor):
        self._book = book
        self._inventory = inventory
        self._payments = payments

    #@ stage 5-5
    async def advance(self, order: Order) -> None:
        """Takes an order from where it is to its end. Raises StatusError; one that is not Rejected says nothing of the outcome."""
        if order.step == BEGUN:
            await self._book.keep(order, PENDING)
        if order.step == PENDING:
            try:
                await self._inventory.call("Reserve", shop_pb2.ReserveRequest(idempotency_key=order.id, items=order.item_messages))
            except StatusError as error:
                if error.code in _NOT_RESERVED:
                    await self._reject(order, _NOT_RESERVED[error.code])
                raise _unresolved(error) from error
            await self._book.keep(order, RESERVED)
        try:
            await self._payments.call("Charge", _charge(order))
        except StatusError as error:
            if error.code in REFUSALS:
                await self._undo(order)
            raise _unresolved(error) from error
        await self._book.keep(order, CONFIRMED)

    async def _undo(self, order: Order) -> None:
        """Gives the stock back and rejects the order."""
        try:
            await self._inventory.call("Release", shop_pb2.ReleaseRequest(idempotency_key=order.id))
        except StatusError as error:
            raise _unresolved(error) from error
        await self._reject(order, _CODE.FAILED_PRECONDITION)

    async def resume(self, order: Order) -> None:
        """Resolves an order that an earlier process has left, however long that takes."""
        while order.step not in ENDS:
            try:
                await asyncio.wait_for(self.advance(order), 2)
            except (StatusError, asyncio.TimeoutError):
                # For a caller; here it is tried again.
                await asyncio.sleep(RESUME_AGAIN)
    #@ end
    #@ stage 6
    async def advance(self, order: Order, deadline: Deadline) -> None:
        """Takes an order from where it is to its end. Raises StatusError; one that is not Rejected says nothing of the outcome."""
        if order.step == BEGUN:
            await self._book.keep(order, PENDING)
        if order.step == PENDING:
            try:
                await self._inventory.call("Reserve", shop_pb2.ReserveRequest(idempotency_key=order.id, items=order.item_messages), deadline)
            except StatusError as error:
                if error.code in _NOT_RESERVED:
                    await self._reject(order, _NOT_RESERVED[error.code])
                raise _unresolved(error, deadline) from error
            await self._book.keep(order, RESERVED)
        if deadline.is_over:
            raise StatusError(_CODE.DEADLINE_EXCEEDED, "the time is over, and the order's outcome is not known yet")
        try:
            await self._payments.call("Charge", _charge(order), deadline)
        except StatusError as error:
            if error.code in REFUSALS:
                # It is the shop's business and not the caller's, who may leave.
                await asyncio.shield(asyncio.ensure_future(self._undo(order)))
            raise _unresolved(error, deadline) from error
        await self._book.keep(order, CONFIRMED)

    async def _undo(self, order: Order) -> None:
        """Gives the stock back and rejects the order."""
        try:
            await self._inventory.call("Release", shop_pb2.ReleaseRequest(idempotency_key=order.id), Deadline())
        except StatusError as error:
            raise _unresolved(error, Deadline()) from error
        await self._reject(order, _CODE.FAILED_PRECONDITION)

    async def resume(self, order: Order) -> None:
        """Resolves an order that an earlier process has left, however long that takes."""
        while order.step not in ENDS:
            try:
                #@ stage 6-7
                await self.advance(order, Deadline())
                #@ end
                #@ stage 8
                async with order.lock:
                    if order.step not in ENDS:
                        await self.advance(order, Deadline())
                #@ end
            except StatusError:
                # For a caller; here it is tried again.
                await asyncio.sleep(RESUME_AGAIN)
    #@ end

    async def _reject(self, order: Order, code: grpc.StatusCode) -> None:
        await self._book.keep(order, REJECTED, code)
        raise why_rejected(code)


def why_rejected(code: grpc.StatusCode) -> Rejected:
    return Rejected(code, "the order is rejected: it could not be reserved or paid for")


def _charge(order: Order) -> Any:
    return shop_pb2.ChargeRequest(idempotency_key=order.id, order_id=order.id, customer_id=order.customer, amount_cents=order.total)


#@ stage 5-5
def _unresolved(error: StatusError) -> StatusError:
    return StatusError(_CODE.UNAVAILABLE, f"the order's outcome is not known yet: {error}")
#@ end
#@ stage 6
def _unresolved(error: StatusError, deadline: Deadline) -> StatusError:
    """Whose fault it is: the caller's time is over, or a neighbor failed."""
    # The call to the neighbor may notice a moment before.
    late = error.code is _CODE.DEADLINE_EXCEEDED and deadline.left < 0.02
    return StatusError(_CODE.DEADLINE_EXCEEDED if late or deadline.is_over else _CODE.UNAVAILABLE, f"the order's outcome is not known yet: {error}")
#@ end
