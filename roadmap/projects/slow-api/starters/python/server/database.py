"""Connections to PostgreSQL."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import psycopg
from psycopg.rows import dict_row

# Values by the names of their columns.
Row = dict[str, Any]


class Connection:
    """What statements are sent over."""

    def __init__(self, connection: psycopg.AsyncConnection[Row]):
        self._connection = connection

    async def query(self, sql: str, *values: Any) -> list[Row]:
        """The rows of a statement, none when it is of a kind that has no rows. Each `%s` in it stands for a value. Raises psycopg.Error."""
        cursor = await self._connection.execute(sql, values or None)
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


@asynccontextmanager
async def connect(url: str) -> AsyncIterator[Connection]:
    """A connection to the database, closed at the end. Raises psycopg.Error."""
    connection = await psycopg.AsyncConnection.connect(url, autocommit=True, row_factory=dict_row)
    try:
        yield Connection(connection)
    finally:
        await connection.close()
