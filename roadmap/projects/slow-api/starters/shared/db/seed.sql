-- Fills the shop: the same numbers give the same rows on every machine.
--   SET shop.seed = '7'; SET shop.customers = '2000'; SET shop.orders = '5000';

-- A number from 0 to below - 1 that looks random and depends on nothing but its arguments.
CREATE FUNCTION pg_temp.draw(what text, of integer, below integer) RETURNS integer LANGUAGE sql STABLE AS $$
  SELECT ((('x' || substr(md5(coalesce(nullif(current_setting('shop.seed', true), ''), '1') || what || of), 1, 7))::bit(28)::integer) % below)
$$;

CREATE FUNCTION pg_temp.size(what text, usual integer) RETURNS integer LANGUAGE sql STABLE AS $$
  SELECT coalesce(nullif(current_setting('shop.' || what, true), '')::integer, usual)
$$;

INSERT INTO customers (name, email, city, notes)
SELECT
  (ARRAY['Ada', 'Zoë', 'José', 'Łukasz', 'Grace', 'Björn', 'Søren', 'Mei 美', 'Olga Ольга', 'Edsger'])[1 + pg_temp.draw('first', n, 10)]
    || ' ' || (ARRAY['Lovelace', 'O''Brien', 'Müller', 'Nuñez', 'Hopper', 'van "Dijk"', 'Ångström', 'Smith & Sons', 'Kovač', 'Dijkstra'])[1 + pg_temp.draw('last', n, 10)],
  'Customer.' || n || '@Example.org',
  (ARRAY['Berlin', 'Zürich', 'São Paulo', 'Kraków', 'Lyon', 'Oslo', 'Kyoto', 'Austin'])[1 + pg_temp.draw('city', n, 8)],
  repeat(md5('customer' || n), 6)
FROM generate_series(1, pg_temp.size('customers', 2000)) AS n;

-- Many orders share a second, and many a total: pages have to cope with both.
INSERT INTO orders (customer_id, status, created_at, total_cents, notes)
SELECT
  1 + pg_temp.draw('customer', n, pg_temp.size('customers', 2000)),
  (ARRAY['open', 'paid', 'paid', 'shipped', 'shipped', 'shipped', 'cancelled'])[1 + pg_temp.draw('status', n, 7)],
  timestamptz '2026-01-01 00:00:00+00' + (n / 3) * interval '97 seconds',
  0,
  repeat(md5('order' || n), 6)
FROM generate_series(1, pg_temp.size('orders', 5000)) AS n;

INSERT INTO items (order_id, sku, qty, price_cents, notes)
SELECT
  n,
  'SKU-' || lpad((pg_temp.draw('sku' || place, n, 400) * (1 + pg_temp.draw('bulk' || place, n, 2)) / 2)::text, 4, '0'),
  1 + pg_temp.draw('qty' || place, n, 5),
  100 * (1 + pg_temp.draw('price' || place, n, 20)),
  repeat(md5('item' || n || place), 6)
FROM generate_series(1, pg_temp.size('orders', 5000)) AS n
CROSS JOIN generate_series(1, 6) AS place
WHERE place <= 2 + pg_temp.draw('items', n, 5);

UPDATE orders SET total_cents = sums.total
FROM (SELECT order_id, sum(qty * price_cents)::integer AS total FROM items GROUP BY order_id) AS sums
WHERE sums.order_id = orders.id;
