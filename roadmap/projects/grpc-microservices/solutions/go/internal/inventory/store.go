//@ file 4
package inventory

import (
	"maps"
	"sync"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"shop/internal/shared"
)

// store keeps the stock in memory. One lock makes each change a single step for everybody else.
type store struct {
	mu           sync.Mutex
	products     map[string]*product
	reservations map[string]*reservation
}

type product struct {
	available int64
	// changed is closed, and replaced, when available changes.
	changed chan struct{}
}

// reservation is what a key stands for. It stays when it is released, so that a late repeat takes nothing.
type reservation struct {
	items    map[string]int64
	released bool
}

func newStore(products []shared.Product) *store {
	s := &store{products: make(map[string]*product, len(products)), reservations: make(map[string]*reservation)}
	for _, p := range products {
		s.products[p.ID] = &product{available: int64(p.Stock), changed: make(chan struct{})}
	}
	return s
}

// reserve takes all items, by product, or none.
func (s *store) reserve(key string, items map[string]int64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if made, known := s.reservations[key]; known {
		switch {
		case made.released:
			return status.Error(codes.FailedPrecondition, "the reservation has been released")
		case !maps.Equal(made.items, items):
			return status.Error(codes.AlreadyExists, "the key stands for a reservation of other items")
		default:
			return nil
		}
	}
	for id := range items {
		if s.products[id] == nil {
			return status.Errorf(codes.NotFound, "there is no product %q", id)
		}
	}
	for id, quantity := range items {
		if s.products[id].available < quantity {
			return status.Errorf(codes.FailedPrecondition, "there are %d of product %q", s.products[id].available, id)
		}
	}
	s.reservations[key] = &reservation{items: items}
	for id, quantity := range items {
		s.change(id, -quantity)
	}
	return nil
}

// release puts back what is reserved under the key, once.
func (s *store) release(key string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	made, known := s.reservations[key]
	if !known {
		s.reservations[key] = &reservation{released: true}
		return
	}
	if made.released {
		return
	}
	made.released = true
	for id, quantity := range made.items {
		s.change(id, quantity)
	}
}

func (s *store) change(id string, by int64) {
	p := s.products[id]
	p.available += by
	close(p.changed)
	p.changed = make(chan struct{})
}

// look says what is available, and gives a channel that closes when that changes.
func (s *store) look(id string) (available int32, changed <-chan struct{}, err error) {
	if id == "" {
		return 0, nil, status.Error(codes.InvalidArgument, "the product's id is empty")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	p, found := s.products[id]
	if !found {
		return 0, nil, status.Errorf(codes.NotFound, "there is no product %q", id)
	}
	return int32(p.available), p.changed, nil
}
