//@ file 5
-- The items of an order, for GET /orders and GET /orders/{id}.
CREATE INDEX items_order_id ON items (order_id);

-- The orders of a customer, for GET /customers/{id}/orders.
CREATE INDEX orders_customer_id ON orders (customer_id);

-- The comparison ignores case, so the index has to hold what is compared.
CREATE INDEX customers_email ON customers (lower(email));
