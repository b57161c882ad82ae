//@ file 5
// Package orders takes orders.
package orders

import (
	"context"
	//@ stage 9
	"fmt"
	//@ end
	"math"
	//@ stage 9
	"strconv"
	"time"
	//@ end

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"shop/gen/shopv1"
	"shop/internal/shared"
)

// Serve answers until ctx ends.
func Serve(ctx context.Context, settings shared.Settings) error {
	book, err := openBook(settings.DataDir)
	if err != nil {
		return err
	}
	inventory, err := shared.Connect(shared.Env("INVENTORY_ADDR", "127.0.0.1:50052"))
	if err != nil {
		return err
	}
	defer inventory.Close()
	//@ stage 5-8
	payments, err := shared.Connect(shared.Env("PAYMENTS_ADDR", "127.0.0.1:50054"))
	//@ end
	//@ stage 9
	openFor, err := strconv.Atoi(shared.Env("BREAKER_OPEN_MS", "5000"))
	if err != nil {
		return fmt.Errorf("BREAKER_OPEN_MS must be a number of milliseconds: %w", err)
	}
	guard := &breaker{openFor: time.Duration(openFor) * time.Millisecond}
	payments, err := shared.Connect(shared.Env("PAYMENTS_ADDR", "127.0.0.1:50054"), guard.intercept)
	//@ end
	if err != nil {
		return err
	}
	defer payments.Close()
	s := &service{book: book, inventory: shopv1.NewInventoryClient(inventory), payments: shopv1.NewPaymentsClient(payments)}
	for _, o := range book.unresolved() {
		go s.resume(ctx, o)
	}
	return shared.ServeGRPC(ctx, settings, &shopv1.Orders_ServiceDesc, s)
}

type service struct {
	shopv1.UnimplementedOrdersServer
	book      *book
	inventory shopv1.InventoryClient
	payments  shopv1.PaymentsClient
}

func (s *service) CreateOrder(ctx context.Context, request *shopv1.CreateOrderRequest) (*shopv1.Order, error) {
	items, err := read(request)
	if err != nil {
		return nil, err
	}
	//@ stage 6
	ctx, cancel := shared.WithDeadline(ctx)
	defer cancel()
	//@ end
	//@ stage 5-7
	o := s.book.begin(request.GetCustomerId(), items)
	//@ end
	//@ stage 8
	o, err := s.book.begin(request.GetCustomerId(), request.GetIdempotencyKey(), items)
	if err != nil {
		return nil, err
	}
	if err := o.take(ctx); err != nil {
		return nil, err
	}
	defer o.give()
	switch at, code := s.book.state(o); at {
	case confirmed:
		return s.book.message(o), nil
	case rejected:
		return nil, whyRejected(code)
	}
	//@ end
	if err := s.advance(ctx, o); err != nil {
		return nil, err
	}
	return s.book.message(o), nil
}

// read checks what can never be right.
func read(request *shopv1.CreateOrderRequest) ([]item, error) {
	if request.GetIdempotencyKey() == "" || request.GetCustomerId() == "" {
		return nil, status.Error(codes.InvalidArgument, "idempotency_key and customer_id must not be empty")
	}
	if len(request.GetItems()) == 0 {
		return nil, status.Error(codes.InvalidArgument, "there are no items")
	}
	items := make([]item, 0, len(request.GetItems()))
	left := int64(math.MaxInt64)
	for _, i := range request.GetItems() {
		if i.GetProductId() == "" || i.GetQuantity() <= 0 || i.GetUnitPriceCents() < 0 {
			return nil, status.Error(codes.InvalidArgument, "an item needs a product, a quantity above 0 and a price that is not negative")
		}
		if i.GetUnitPriceCents() > left/int64(i.GetQuantity()) {
			return nil, status.Error(codes.InvalidArgument, "the total is too large")
		}
		left -= i.GetUnitPriceCents() * int64(i.GetQuantity())
		items = append(items, item{Product: i.GetProductId(), Quantity: i.GetQuantity(), Cents: i.GetUnitPriceCents()})
	}
	return items, nil
}

func (s *service) GetOrder(_ context.Context, request *shopv1.GetOrderRequest) (*shopv1.Order, error) {
	if request.GetId() == "" {
		return nil, status.Error(codes.InvalidArgument, "the id is empty")
	}
	o, found := s.book.find(request.GetId())
	if !found {
		return nil, status.Errorf(codes.NotFound, "there is no order %q", request.GetId())
	}
	return s.book.message(o), nil
}

func (s *service) StreamOrders(request *shopv1.StreamOrdersRequest, stream shopv1.Orders_StreamOrdersServer) error {
	if request.GetCustomerId() == "" {
		return status.Error(codes.InvalidArgument, "customer_id is empty")
	}
	for _, o := range s.book.of(request.GetCustomerId()) {
		if err := stream.Send(s.book.message(o)); err != nil {
			return err
		}
	}
	return nil
}
