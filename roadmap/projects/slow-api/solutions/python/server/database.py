"""Connections to PostgreSQL."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import psycopg
from psycopg.rows import dict_row
#@ stage 7
from psycopg_pool import AsyncConnectionPool
#@ end

from .timing import Timing

# Values by the names of their columns.
Row = dict[str, Any]


class Connection:
    """What the statements of one request are sent over."""

    def __init__(self, connection: psycopg.AsyncConnection[Row], timing: Timing):
        self._connection = connection
        self._timing = timing

    async def query(self, sql: str, *values: Any) -> list[Row]:
        """The rows of a statement, none when it is of a kind that has no rows. Each `%s` in it stands for a value. Raises psycopg.Error."""
        started = time.perf_counter()
        try:
            # The result is complete when this returns: fetchall only converts it.
            cursor = await self._connection.execute(sql, values or None)
        finally:
            self._timing.database += time.perf_counter() - started
        return [] if cursor.description is None else await cursor.fetchall()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[None]:
        """Keeps what the statements within it do, or nothing of it when one fails."""
        await self.query("BEGIN")
        try:
            yield
        except BaseException:
            await self.query("ROLLBACK")
            raise
        await self.query("COMMIT")


class Database:
    #@ stage 1-6
    def __init__(self, url: str):
        self._url = url

    @asynccontextmanager
    async def connect(self, timing: Timing) -> AsyncIterator[Connection]:
        """A connection to the database, closed at the end. Raises psycopg.Error."""
        connection = await psycopg.AsyncConnection.connect(self._url, autocommit=True, row_factory=dict_row)
        try:
            yield Connection(connection, timing)
        finally:
            await connection.close()
    #@ end
    #@ stage 7
    def __init__(self, url: str):
        # All of them from the start: none is opened while requests wait. Who finds none free waits for 10 seconds at most.
        self._pool: AsyncConnectionPool[psycopg.AsyncConnection[Row]] = AsyncConnectionPool(
            url, kwargs={"autocommit": True, "row_factory": dict_row}, min_size=10, max_size=10, timeout=10, open=False
        )

    async def open(self) -> None:
        """Begins to connect, and does not wait: the database may come later."""
        await self._pool.open()

    @asynccontextmanager
    async def connect(self, timing: Timing) -> AsyncIterator[Connection]:
        """Lends a connection to the database, which goes back at the end; who finds none free waits. Raises psycopg.Error."""
        async with self._pool.connection() as connection:
            yield Connection(connection, timing)
    #@ end
