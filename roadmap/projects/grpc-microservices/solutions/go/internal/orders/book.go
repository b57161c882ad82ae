//@ file 5
package orders

import (
	//@ stage 8
	"context"
	//@ end
	"crypto/rand"
	"fmt"
	//@ stage 8
	"slices"
	//@ end
	"sync"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"shop/gen/shopv1"
)

// step is how far an order has come.
type step string

const (
	begun     step = ""
	pending   step = "PENDING"
	reserved  step = "RESERVED"
	confirmed step = "CONFIRMED"
	rejected  step = "REJECTED"
)

// order is what somebody wants. Step and code belong to the book.
type order struct {
	id, customer string
	items        []item
	//@ stage 8
	// key is what the customer calls it.
	key string
	// turn holds one thing while nobody works on the order.
	turn chan struct{}
	//@ end
	// step is how far it has come.
	step step
	// code says why it was rejected.
	code codes.Code
}

//@ stage 8
// take waits until nobody else works on the order, or ctx ends.
func (o *order) take(ctx context.Context) error {
	select {
	case <-o.turn:
		return nil
	case <-ctx.Done():
		return status.FromContextError(ctx.Err()).Err()
	}
}

func (o *order) give() { o.turn <- struct{}{} }

//@ end
func (o *order) total() int64 {
	var total int64
	for _, i := range o.items {
		total += int64(i.Quantity) * i.Cents
	}
	return total
}

func (o *order) messages() []*shopv1.Item {
	items := make([]*shopv1.Item, len(o.items))
	for n, i := range o.items {
		items[n] = &shopv1.Item{ProductId: i.Product, Quantity: i.Quantity, UnitPriceCents: i.Cents}
	}
	return items
}
//@ stage 8

// orderKey is what a customer calls an order before it has an id.
type orderKey struct{ customer, key string }
//@ end

// book holds all orders, as the journal tells them.
type book struct {
	journal *journal

	mu         sync.Mutex
	byID       map[string]*order
	byCustomer map[string][]*order
	//@ stage 8
	// byKey finds what was asked for before.
	byKey map[orderKey]*order
	//@ end
}

func openBook(folder string) (*book, error) {
	journal, entries, err := openJournal(folder)
	if err != nil {
		return nil, err
	}
	b := &book{journal: journal, byID: make(map[string]*order), byCustomer: make(map[string][]*order)}
	//@ stage 8
	b.byKey = make(map[orderKey]*order)
	//@ end
	for _, e := range entries {
		o := b.byID[e.ID]
		if o == nil {
			//@ stage 5-7
			o = b.add(e.ID, e.Customer, e.Items)
			//@ end
			//@ stage 8
			o = b.add(e.ID, e.Customer, e.Key, e.Items)
			//@ end
		}
		o.step, o.code = e.Step, e.Code
	}
	return b, nil
}

//@ stage 5-7
func (b *book) add(id, customer string, items []item) *order {
	o := &order{id: id, customer: customer, items: items}
	b.byID[id] = o
	b.byCustomer[customer] = append(b.byCustomer[customer], o)
	return o
}

// begin enters a new order.
func (b *book) begin(customer string, items []item) *order {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.add(newID(), customer, items)
}
//@ end
//@ stage 8
func (b *book) add(id, customer, key string, items []item) *order {
	o := &order{id: id, customer: customer, key: key, items: items, turn: make(chan struct{}, 1)}
	o.give()
	b.byID[id] = o
	b.byCustomer[customer] = append(b.byCustomer[customer], o)
	b.byKey[orderKey{customer, key}] = o
	return o
}

// begin gives the order that the customer's key stands for, a new one if there is none.
func (b *book) begin(customer, key string, items []item) (*order, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	o, known := b.byKey[orderKey{customer, key}]
	if !known {
		return b.add(newID(), customer, key, items), nil
	}
	if !slices.Equal(o.items, items) {
		return nil, status.Error(codes.AlreadyExists, "the key stands for an order of other items")
	}
	return o, nil
}
//@ end

// keep enters a step when it is on disk.
func (b *book) keep(o *order, to step, code codes.Code) error {
	e := entry{ID: o.id, Step: to, Code: code}
	if to == pending {
		e.Customer, e.Items = o.customer, o.items
		//@ stage 8
		e.Key = o.key
		//@ end
	}
	if err := b.journal.write(e); err != nil {
		return status.Errorf(codes.Internal, "the order can't be kept: %v", err)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	o.step, o.code = to, code
	return nil
}

func (b *book) state(o *order) (step, codes.Code) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return o.step, o.code
}

func (b *book) find(id string) (*order, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	o, found := b.byID[id]
	return o, found
}

// of lists a customer's orders, the oldest first.
func (b *book) of(customer string) []*order {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]*order(nil), b.byCustomer[customer]...)
}

// unresolved lists the orders whose end is not known yet.
func (b *book) unresolved() []*order {
	b.mu.Lock()
	defer b.mu.Unlock()
	var orders []*order
	for _, o := range b.byID {
		if o.step == pending || o.step == reserved {
			orders = append(orders, o)
		}
	}
	return orders
}

func (b *book) message(o *order) *shopv1.Order {
	is, _ := b.state(o)
	state := shopv1.OrderStatus_ORDER_STATUS_PENDING
	switch is {
	case confirmed:
		state = shopv1.OrderStatus_ORDER_STATUS_CONFIRMED
	case rejected:
		state = shopv1.OrderStatus_ORDER_STATUS_REJECTED
	}
	return &shopv1.Order{Id: o.id, CustomerId: o.customer, Items: o.messages(), TotalCents: o.total(), Status: state}
}

// newID is a random UUID (RFC 9562, version 4).
func newID() string {
	var b [16]byte
	_, _ = rand.Read(b[:])
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
