// Package orders reads and stores orders. All SQL is here.
package orders

import (
	"context"
	"errors"
	//@ stage 6
	"fmt"
	//@ end
	"time"

	"github.com/jackc/pgx/v5"
)

var (
	// ErrNotFound says that there is none of this id.
	ErrNotFound = errors.New("not found")
	// ErrUnknownCustomer says that nobody has this id who could order.
	ErrUnknownCustomer = errors.New("unknown customer")
)

type (
	Item struct {
		SKU        string `json:"sku"`
		Qty        int    `json:"qty"`
		PriceCents int64  `json:"price_cents"`
	}
	Customer struct {
		ID   int    `json:"id"`
		Name string `json:"name"`
		City string `json:"city"`
	}
	Order struct {
		Summary
		Customer Customer `json:"customer"`
		Items    []Item   `json:"items"`
	}
	// Summary is an order without its customer and its items.
	Summary struct {
		ID         int       `json:"id"`
		Status     string    `json:"status"`
		CreatedAt  time.Time `json:"created_at"`
		TotalCents int64     `json:"total_cents"`
	}
	// NewOrder is what a customer orders.
	NewOrder struct {
		CustomerID int
		Items      []Item
	}
)

// The rows of the tables.
type (
	orderRow struct {
		ID, CustomerID int
		Status         string
		CreatedAt      time.Time
		TotalCents     int64
		//@ stage 1-5
		Notes          string
		//@ end
	}
	//@ stage 1-5
	customerRow struct {
		ID                       int
		Name, Email, City, Notes string
	}
	itemRow struct {
		ID, OrderID int
		SKU         string
		Qty         int
		PriceCents  int64
		Notes       string
	}
	//@ end
	//@ stage 6
	itemRow struct {
		OrderID int
		Item
	}
	//@ end
)

func (row orderRow) summary() Summary {
	return Summary{ID: row.ID, Status: row.Status, CreatedAt: row.CreatedAt.UTC(), TotalCents: row.TotalCents}
}

//@ stage 1-5
func (row customerRow) customer() Customer {
	return Customer{ID: row.ID, Name: row.Name, City: row.City}
}

//@ end
// Page says which orders are wanted, and in which order.
type Page struct {
	Limit int
	// After is the id of the last one that was seen; nil for the first page.
	After *int
	// Status is empty for all of them.
	Status string
	Sort   Sort
}

// Sort is the order of a list, as it is called in a request.
type Sort string

const (
	Newest Sort = "newest"
	Total  Sort = "total"
)

// List is a page of orders. Next is the id to ask for the next one with, nil on the last one.
type List struct {
	Orders []Order `json:"orders"`
	Next   *int    `json:"next"`
}

//@ stage 6
// largestPage is the most entries that a list holds, whatever is asked for.
const largestPage = 100

//@ end
// ListOrders gives a page of orders.
func ListOrders(ctx context.Context, conn *pgx.Conn, page Page) (List, error) {
	column := "created_at"
	if page.Sort == Total {
		column = "total_cents"
	}
	//@ stage 1-5
	rows, err := all[orderRow](ctx, conn, "SELECT * FROM orders ORDER BY "+column+" DESC, id DESC")
	if err != nil {
		return List{}, err
	}
	wanted, more := cut(rows, page)
	//@ end
	//@ stage 6
	size := min(page.Limit, largestPage)
	// One more than the page, to know whether there is a next one.
	values := []any{size + 1}
	where := "true"
	if page.After != nil {
		values = append(values, *page.After)
		where += fmt.Sprintf(" AND (%[1]s, id) < (SELECT %[1]s, id FROM orders WHERE id = $%[2]d)", column, len(values))
	}
	if page.Status != "" {
		values = append(values, page.Status)
		where += fmt.Sprintf(" AND status = $%d", len(values))
	}
	wanted, err := all[orderRow](ctx, conn,
		fmt.Sprintf("SELECT id, customer_id, status, created_at, total_cents FROM orders WHERE %s ORDER BY %s DESC, id DESC LIMIT $1", where, column), values...)
	if err != nil {
		return List{}, err
	}
	more := len(wanted) > size
	if more {
		wanted = wanted[:size]
	}
	//@ end
	//@ stage 1-3
	list := List{Orders: make([]Order, len(wanted))}
	for index, row := range wanted {
		if list.Orders[index], err = complete(ctx, conn, row); err != nil {
			return List{}, err
		}
	}
	//@ end
	//@ stage 4
	orders, err := complete(ctx, conn, wanted)
	if err != nil {
		return List{}, err
	}
	list := List{Orders: orders}
	//@ end
	if more {
		list.Next = &wanted[len(wanted)-1].ID
	}
	return list, nil
}

//@ stage 1-5
// cut leaves the rows of a page; more says that others follow it.
func cut(rows []orderRow, page Page) (wanted []orderRow, more bool) {
	behind := page.After == nil
	for _, row := range rows {
		if behind && (page.Status == "" || row.Status == page.Status) {
			if len(wanted) == page.Limit {
				return wanted, true
			}
			wanted = append(wanted, row)
		}
		behind = behind || row.ID == *page.After
	}
	return wanted, false
}

//@ end
// FindOrder gives one order, or ErrNotFound.
func FindOrder(ctx context.Context, conn *pgx.Conn, id int) (Order, error) {
	//@ stage 1-5
	row, err := one[orderRow](ctx, conn, "SELECT * FROM orders WHERE id = $1", id)
	//@ end
	//@ stage 6
	row, err := one[orderRow](ctx, conn, "SELECT id, customer_id, status, created_at, total_cents FROM orders WHERE id = $1", id)
	//@ end
	if err != nil {
		return Order{}, err
	}
	//@ stage 1-3
	return complete(ctx, conn, row)
	//@ end
	//@ stage 4
	orders, err := complete(ctx, conn, []orderRow{row})
	if err != nil {
		return Order{}, err
	}
	return orders[0], nil
	//@ end
}

//@ stage 1-3
func complete(ctx context.Context, conn *pgx.Conn, row orderRow) (Order, error) {
	customer, err := one[customerRow](ctx, conn, "SELECT * FROM customers WHERE id = $1", row.CustomerID)
	if err != nil {
		return Order{}, err
	}
	rows, err := all[itemRow](ctx, conn, "SELECT * FROM items WHERE order_id = $1 ORDER BY id", row.ID)
	if err != nil {
		return Order{}, err
	}
	items := make([]Item, len(rows))
	for index, item := range rows {
		items[index] = Item{SKU: item.SKU, Qty: item.Qty, PriceCents: item.PriceCents}
	}
	return Order{Summary: row.summary(), Customer: customer.customer(), Items: items}, nil
}
//@ end
//@ stage 4
// complete adds the customers and the items of all orders, with one statement each.
func complete(ctx context.Context, conn *pgx.Conn, rows []orderRow) ([]Order, error) {
	orders := make([]Order, len(rows))
	ids, customerIDs := make([]int, len(rows)), make([]int, len(rows))
	places := make(map[int]int, len(rows))
	for index, row := range rows {
		orders[index] = Order{Summary: row.summary(), Items: []Item{}}
		ids[index], customerIDs[index], places[row.ID] = row.ID, row.CustomerID, index
	}
	//@ stage 4-5
	customers, err := all[customerRow](ctx, conn, "SELECT * FROM customers WHERE id = ANY($1)", customerIDs)
	if err != nil {
		return nil, err
	}
	items, err := all[itemRow](ctx, conn, "SELECT * FROM items WHERE order_id = ANY($1) ORDER BY id", ids)
	if err != nil {
		return nil, err
	}
	//@ end
	//@ stage 6
	customers, err := all[Customer](ctx, conn, "SELECT id, name, city FROM customers WHERE id = ANY($1)", customerIDs)
	if err != nil {
		return nil, err
	}
	items, err := all[itemRow](ctx, conn, "SELECT order_id, sku, qty, price_cents FROM items WHERE order_id = ANY($1) ORDER BY id", ids)
	if err != nil {
		return nil, err
	}
	//@ end
	byID := make(map[int]Customer, len(customers))
	for _, customer := range customers {
		//@ stage 4-5
		byID[customer.ID] = customer.customer()
		//@ end
		//@ stage 6
		byID[customer.ID] = customer
		//@ end
	}
	for index, row := range rows {
		orders[index].Customer = byID[row.CustomerID]
	}
	for _, item := range items {
		order := &orders[places[item.OrderID]]
		//@ stage 4-5
		order.Items = append(order.Items, Item{SKU: item.SKU, Qty: item.Qty, PriceCents: item.PriceCents})
		//@ end
		//@ stage 6
		order.Items = append(order.Items, item.Item)
		//@ end
	}
	return orders, nil
}
//@ end

// AddOrder stores an order, or gives ErrUnknownCustomer.
func AddOrder(ctx context.Context, conn *pgx.Conn, order NewOrder) (Order, error) {
	added := Order{Items: order.Items}
	err := pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
		customer, err := one[Customer](ctx, tx, "SELECT id, name, city FROM customers WHERE id = $1", order.CustomerID)
		if errors.Is(err, ErrNotFound) {
			return ErrUnknownCustomer
		}
		if err != nil {
			return err
		}
		added.Customer = customer
		var total int64
		for _, item := range order.Items {
			total += int64(item.Qty) * item.PriceCents
		}
		added.Summary, err = one[Summary](ctx, tx,
			`INSERT INTO orders (customer_id, status, created_at, total_cents, notes) VALUES ($1, 'open', date_trunc('second', now()), $2, '')
			 RETURNING id, status, created_at, total_cents`, order.CustomerID, total)
		if err != nil {
			return err
		}
		added.CreatedAt = added.CreatedAt.UTC()
		for _, item := range order.Items {
			_, err := tx.Exec(ctx, "INSERT INTO items (order_id, sku, qty, price_cents, notes) VALUES ($1, $2, $3, $4, '')", added.ID, item.SKU, item.Qty, item.PriceCents)
			if err != nil {
				return err
			}
		}
		return nil
	})
	return added, err
}

// CustomerOrders is a customer with all orders.
type CustomerOrders struct {
	Customer Customer  `json:"customer"`
	Orders   []Summary `json:"orders"`
}

// OrdersOfCustomer gives a customer with all orders, newest first, or ErrNotFound.
func OrdersOfCustomer(ctx context.Context, conn *pgx.Conn, id int) (CustomerOrders, error) {
	//@ stage 1-5
	customer, err := one[customerRow](ctx, conn, "SELECT * FROM customers WHERE id = $1", id)
	if err != nil {
		return CustomerOrders{}, err
	}
	rows, err := all[orderRow](ctx, conn, "SELECT * FROM orders WHERE customer_id = $1 ORDER BY created_at DESC, id DESC", id)
	if err != nil {
		return CustomerOrders{}, err
	}
	summaries := make([]Summary, len(rows))
	for index, row := range rows {
		summaries[index] = row.summary()
	}
	return CustomerOrders{Customer: customer.customer(), Orders: summaries}, nil
	//@ end
	//@ stage 6
	customer, err := one[Customer](ctx, conn, "SELECT id, name, city FROM customers WHERE id = $1", id)
	if err != nil {
		return CustomerOrders{}, err
	}
	summaries, err := all[Summary](ctx, conn, "SELECT id, status, created_at, total_cents FROM orders WHERE customer_id = $1 ORDER BY created_at DESC, id DESC", id)
	for index := range summaries {
		summaries[index].CreatedAt = summaries[index].CreatedAt.UTC()
	}
	return CustomerOrders{Customer: customer, Orders: summaries}, err
	//@ end
}

// Contact is a customer with an e-mail address.
type Contact struct {
	ID    int    `json:"id"`
	Name  string `json:"name"`
	Email string `json:"email"`
	City  string `json:"city"`
}

// FindCustomer gives the customer with an e-mail address, whatever the case of its letters, or ErrNotFound.
func FindCustomer(ctx context.Context, conn *pgx.Conn, email string) (Contact, error) {
	//@ stage 1-5
	row, err := one[customerRow](ctx, conn, "SELECT * FROM customers WHERE lower(email) = lower($1) ORDER BY id", email)
	return Contact{ID: row.ID, Name: row.Name, Email: row.Email, City: row.City}, err
	//@ end
	//@ stage 6
	return one[Contact](ctx, conn, "SELECT id, name, email, city FROM customers WHERE lower(email) = lower($1) ORDER BY id", email)
	//@ end
}

// Ranking says which products are wanted.
type Ranking struct {
	Limit int
	// City leaves only what customers there have bought; empty for all.
	City string
	// Revenue adds what each has brought in, which is not for everybody.
	Revenue bool
}

// Product is one that sells.
type Product struct {
	SKU          string `json:"sku"`
	Sold         int    `json:"sold"`
	RevenueCents *int64 `json:"revenue_cents,omitempty"`
}

// TopProducts gives the products that sell best.
func TopProducts(ctx context.Context, conn *pgx.Conn, ranking Ranking) ([]Product, error) {
	//@ stage 1-5
	from, values := "items", []any{ranking.Limit}
	//@ end
	//@ stage 6
	from, values := "items", []any{min(ranking.Limit, largestPage)}
	//@ end
	if ranking.City != "" {
		from = "items JOIN orders ON orders.id = items.order_id JOIN customers ON customers.id = orders.customer_id WHERE customers.city = $2"
		values = append(values, ranking.City)
	}
	products, err := all[Product](ctx, conn,
		`SELECT sku, sum(qty)::integer AS sold, sum(qty * price_cents)::bigint AS revenue_cents FROM `+from+`
		 GROUP BY sku ORDER BY sold DESC, sku COLLATE "C" LIMIT $1`, values...)
	if err != nil {
		return nil, err
	}
	if !ranking.Revenue {
		for index := range products {
			products[index].RevenueCents = nil
		}
	}
	return products, nil
}

// StatusLine says how many orders there are in a status, and what they come to.
type StatusLine struct {
	Status     string `json:"status"`
	Orders     int    `json:"orders"`
	TotalCents int64  `json:"total_cents"`
}

// OrdersByStatus gives a line for each status.
func OrdersByStatus(ctx context.Context, conn *pgx.Conn) ([]StatusLine, error) {
	return all[StatusLine](ctx, conn,
		`SELECT status, count(*)::integer AS orders, sum(total_cents)::bigint AS total_cents FROM orders GROUP BY status ORDER BY status COLLATE "C"`)
}

// queryer is a connection, or a transaction on it.
type queryer interface {
	Query(ctx context.Context, sql string, values ...any) (pgx.Rows, error)
}

// all gives every row of a result: its columns are the fields of T.
func all[T any](ctx context.Context, conn queryer, sql string, values ...any) ([]T, error) {
	rows, err := conn.Query(ctx, sql, values...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByName[T])
}

// one gives the first row of a result, or ErrNotFound.
func one[T any](ctx context.Context, conn queryer, sql string, values ...any) (T, error) {
	rows, err := conn.Query(ctx, sql, values...)
	if err != nil {
		var none T
		return none, err
	}
	row, err := pgx.CollectOneRow(rows, pgx.RowToStructByName[T])
	if errors.Is(err, pgx.ErrNoRows) {
		err = ErrNotFound
	}
	return row, err
}
