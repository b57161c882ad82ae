#@ file 6
# roadmap: transactions-consistency

from __future__ import annotations

from typing import TYPE_CHECKING, Callable

from .resp import OK, Reply, Simple
from .table import CommandError, CommandTable

if TYPE_CHECKING:
    from .client import Client


class Transaction:
    """What a client has queued since MULTI."""

    def __init__(self) -> None:
        # A command could not be queued: the rest must not run without it.
        self.broken = False
        self._queue: list[Callable[[], Reply]] = []

    def add(self, command: Callable[[], Reply]) -> Reply:
        self._queue.append(command)
        return Simple("QUEUED")

    def run(self) -> list[Reply]:
        """Nothing comes between the commands: nobody else has a turn before this one returns."""
        return [command() for command in self._queue]


transaction_commands = CommandTable()


@transaction_commands.add("multi", arity=1, control=True)
def multi(client: Client) -> Reply:
    if client.transaction is not None:
        raise CommandError("ERR MULTI calls can not be nested")
    client.transaction = Transaction()
    return OK


@transaction_commands.add("exec", arity=1, control=True)
def exec_(client: Client) -> Reply:
    transaction = client.transaction
    if transaction is None:
        raise CommandError("ERR EXEC without MULTI")
    try:
        if transaction.broken:
            raise CommandError("EXECABORT Transaction discarded because of previous errors.")
        return transaction.run()
    finally:
        client.transaction = None


@transaction_commands.add("discard", arity=1, control=True)
def discard(client: Client) -> Reply:
    if client.transaction is None:
        raise CommandError("ERR DISCARD without MULTI")
    client.transaction = None
    return OK
