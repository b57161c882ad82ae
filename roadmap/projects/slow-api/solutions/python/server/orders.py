#@ file 4
"""All SQL."""

from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any, Optional

from .database import Connection, Row

# What is answered as JSON, in the order of its keys.
Json = dict[str, Any]
#@ stage 6

# The most entries that a list holds, whatever is asked for.
LARGEST_PAGE = 100
#@ end


@dataclass(frozen=True)
class Page:
    """Which orders, in which order."""

    limit: int
    # The id of the last order that was seen.
    after: Optional[int]
    status: Optional[str]
    # "newest" or "total".
    sort: str


@dataclass(frozen=True)
class NewOrder:
    customer_id: int
    # Each with sku, qty and price_cents.
    items: list[Json]


@dataclass(frozen=True)
class Ranking:
    limit: int
    # Only what customers there have bought.
    city: Optional[str]
    # With what each has brought in, which is not for everybody.
    revenue: bool


async def list_orders(connection: Connection, page: Page) -> Json:
    """A page of orders, and the id to ask for the next one with."""
    #@ stage 4-5
    rows = await connection.query(f"SELECT * FROM orders ORDER BY {'total_cents' if page.sort == 'total' else 'created_at'} DESC, id DESC")
    if page.after is not None:
        start = next((index for index, row in enumerate(rows) if row["id"] == page.after), len(rows))
        rows = rows[start + 1 :]
    if page.status is not None:
        rows = [row for row in rows if row["status"] == page.status]
    orders = await _complete_orders(connection, rows[: page.limit])
    return {"orders": orders, "next": orders[-1]["id"] if len(rows) > page.limit else None}
    #@ end
    #@ stage 6
    size = min(page.limit, LARGEST_PAGE)
    column = "total_cents" if page.sort == "total" else "created_at"
    conditions: list[str] = []
    values: list[Any] = []
    if page.after is not None:
        conditions.append(f"({column}, id) < (SELECT {column}, id FROM orders WHERE id = %s)")
        values.append(page.after)
    if page.status is not None:
        conditions.append("status = %s")
        values.append(page.status)
    where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
    # One more than the page, to know whether there is a next one.
    rows = await connection.query(f"SELECT id, customer_id, status, created_at, total_cents FROM orders {where} ORDER BY {column} DESC, id DESC LIMIT %s", *values, size + 1)
    orders = await _complete_orders(connection, rows[:size])
    return {"orders": orders, "next": orders[-1]["id"] if len(rows) > size else None}
    #@ end


async def find_order(connection: Connection, order_id: int) -> Optional[Json]:
    """One order; None when there is none of this id."""
    #@ stage 4-5
    rows = await connection.query("SELECT * FROM orders WHERE id = %s", order_id)
    #@ end
    #@ stage 6
    rows = await connection.query("SELECT id, customer_id, status, created_at, total_cents FROM orders WHERE id = %s", order_id)
    #@ end
    return (await _complete_orders(connection, rows))[0] if rows else None


async def _complete_orders(connection: Connection, rows: list[Row]) -> list[Json]:
    """Adds the customers and the items of all orders, with one statement each."""
    if not rows:
        return []
    #@ stage 4-5
    customers = await connection.query("SELECT * FROM customers WHERE id = ANY(%s)", list({row["customer_id"] for row in rows}))
    items = await connection.query("SELECT * FROM items WHERE order_id = ANY(%s) ORDER BY id", [row["id"] for row in rows])
    #@ end
    #@ stage 6
    customers = await connection.query("SELECT id, name, city FROM customers WHERE id = ANY(%s)", list({row["customer_id"] for row in rows}))
    items = await connection.query("SELECT order_id, sku, qty, price_cents FROM items WHERE order_id = ANY(%s) ORDER BY id", [row["id"] for row in rows])
    #@ end
    customer_of = {customer["id"]: {"id": customer["id"], "name": customer["name"], "city": customer["city"]} for customer in customers}
    items_of: dict[int, list[Json]] = {row["id"]: [] for row in rows}
    for item in items:
        items_of[item["order_id"]].append({"sku": item["sku"], "qty": item["qty"], "price_cents": item["price_cents"]})
    return [
        {
            "id": row["id"],
            "status": row["status"],
            "created_at": _time(row["created_at"]),
            "total_cents": row["total_cents"],
            "customer": customer_of[row["customer_id"]],
            "items": items_of[row["id"]],
        }
        for row in rows
    ]


async def add_order(connection: Connection, order: NewOrder) -> Optional[Json]:
    """Stores an order. None when there is no such customer."""
    total = sum(item["qty"] * item["price_cents"] for item in order.items)
    async with connection.transaction():
        customers = await connection.query("SELECT id, name, city FROM customers WHERE id = %s", order.customer_id)
        if not customers:
            return None
        [row] = await connection.query(
            "INSERT INTO orders (customer_id, status, created_at, total_cents, notes) VALUES (%s, 'open', date_trunc('second', now()), %s, '') RETURNING id, created_at",
            order.customer_id,
            total,
        )
        for item in order.items:
            await connection.query("INSERT INTO items (order_id, sku, qty, price_cents, notes) VALUES (%s, %s, %s, %s, '')", row["id"], item["sku"], item["qty"], item["price_cents"])
    return {"id": row["id"], "status": "open", "created_at": _time(row["created_at"]), "total_cents": total, "customer": customers[0], "items": order.items}


async def orders_of_customer(connection: Connection, customer_id: int) -> Optional[Json]:
    """A customer with all orders, newest first; None when there is none of this id."""
    #@ stage 4-5
    customers = await connection.query("SELECT * FROM customers WHERE id = %s", customer_id)
    #@ end
    #@ stage 6
    customers = await connection.query("SELECT id, name, city FROM customers WHERE id = %s", customer_id)
    #@ end
    if not customers:
        return None
    [customer] = customers
    #@ stage 4-5
    rows = await connection.query("SELECT * FROM orders WHERE customer_id = %s ORDER BY created_at DESC, id DESC", customer_id)
    #@ end
    #@ stage 6
    rows = await connection.query("SELECT id, status, created_at, total_cents FROM orders WHERE customer_id = %s ORDER BY created_at DESC, id DESC", customer_id)
    #@ end
    return {
        "customer": {"id": customer["id"], "name": customer["name"], "city": customer["city"]},
        "orders": [{"id": row["id"], "status": row["status"], "created_at": _time(row["created_at"]), "total_cents": row["total_cents"]} for row in rows],
    }


async def find_customer(connection: Connection, email: str) -> Optional[Json]:
    """The customer with an e-mail address, whatever the case of its letters."""
    #@ stage 4-5
    rows = await connection.query("SELECT * FROM customers WHERE lower(email) = lower(%s) ORDER BY id", email)
    #@ end
    #@ stage 6
    rows = await connection.query("SELECT id, name, email, city FROM customers WHERE lower(email) = lower(%s) ORDER BY id", email)
    #@ end
    return {"id": rows[0]["id"], "name": rows[0]["name"], "email": rows[0]["email"], "city": rows[0]["city"]} if rows else None


async def top_products(connection: Connection, ranking: Ranking) -> list[Json]:
    """The products that sell best."""
    of_city = "" if ranking.city is None else "JOIN orders ON orders.id = items.order_id JOIN customers ON customers.id = orders.customer_id WHERE customers.city = %s"
    rows = await connection.query(
        f"""SELECT sku, sum(qty)::integer AS sold, sum(qty * price_cents)::bigint AS revenue_cents FROM items {of_city}
            GROUP BY sku ORDER BY sold DESC, sku COLLATE "C" LIMIT %s""",
        *([] if ranking.city is None else [ranking.city]),
        #@ stage 4-5
        ranking.limit,
        #@ end
        #@ stage 6
        min(ranking.limit, LARGEST_PAGE),
        #@ end
    )
    return [{"sku": row["sku"], "sold": row["sold"], **({"revenue_cents": row["revenue_cents"]} if ranking.revenue else {})} for row in rows]


async def orders_by_status(connection: Connection) -> list[Json]:
    """How many orders there are in each status, and what they come to."""
    return await connection.query('SELECT status, count(*)::integer AS orders, sum(total_cents)::bigint AS total_cents FROM orders GROUP BY status ORDER BY status COLLATE "C"')


def _time(moment: datetime) -> str:
    return moment.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
