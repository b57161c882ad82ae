//@ file 4
// Package inventory says what is in stock.
package inventory

import (
	"context"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"shop/gen/shopv1"
	"shop/internal/shared"
)

// Serve answers until ctx ends.
func Serve(ctx context.Context, settings shared.Settings) error {
	products, err := shared.ReadProducts(settings.ProductsFile)
	if err != nil {
		return err
	}
	//@ stage 4-12
	return shared.ServeGRPC(ctx, settings, &shopv1.Inventory_ServiceDesc, &service{store: newStore(products)})
	//@ end
	//@ stage 13
	return shared.ServeGRPC(ctx, settings, &shopv1.Inventory_ServiceDesc, &service{store: newStore(products), stopping: ctx.Done()})
	//@ end
}

type service struct {
	shopv1.UnimplementedInventoryServer
	store *store
	//@ stage 13
	// stopping closes when the program is told to stop.
	stopping <-chan struct{}
	//@ end
}

func (s *service) Reserve(_ context.Context, request *shopv1.ReserveRequest) (*shopv1.ReserveResponse, error) {
	if request.GetIdempotencyKey() == "" {
		return nil, status.Error(codes.InvalidArgument, "idempotency_key is empty")
	}
	if len(request.GetItems()) == 0 {
		return nil, status.Error(codes.InvalidArgument, "there are no items")
	}
	wanted := make(map[string]int64)
	for _, item := range request.GetItems() {
		if item.GetProductId() == "" || item.GetQuantity() <= 0 {
			return nil, status.Error(codes.InvalidArgument, "an item needs a product and a quantity above 0")
		}
		wanted[item.GetProductId()] += int64(item.GetQuantity())
	}
	if err := s.store.reserve(request.GetIdempotencyKey(), wanted); err != nil {
		return nil, err
	}
	return &shopv1.ReserveResponse{}, nil
}

func (s *service) Release(_ context.Context, request *shopv1.ReleaseRequest) (*shopv1.ReleaseResponse, error) {
	if request.GetIdempotencyKey() == "" {
		return nil, status.Error(codes.InvalidArgument, "idempotency_key is empty")
	}
	s.store.release(request.GetIdempotencyKey())
	return &shopv1.ReleaseResponse{}, nil
}

func (s *service) Get(_ context.Context, request *shopv1.GetStockRequest) (*shopv1.GetStockResponse, error) {
	if len(request.GetProductIds()) == 0 {
		return nil, status.Error(codes.InvalidArgument, "there are no product_ids")
	}
	response := &shopv1.GetStockResponse{}
	for _, id := range request.GetProductIds() {
		available, _, err := s.store.look(id)
		if err != nil {
			return nil, err
		}
		response.Stocks = append(response.Stocks, &shopv1.Stock{ProductId: id, Available: available})
	}
	return response, nil
}

func (s *service) Watch(request *shopv1.WatchStockRequest, stream shopv1.Inventory_WatchServer) error {
	id := request.GetProductId()
	for first, last := true, int32(0); ; first = false {
		available, changed, err := s.store.look(id)
		if err != nil {
			return err
		}
		if first || available != last {
			if err := stream.Send(&shopv1.Stock{ProductId: id, Available: available}); err != nil {
				return err
			}
			last = available
		}
		select {
		case <-changed:
		case <-stream.Context().Done():
			return status.FromContextError(stream.Context().Err()).Err()
		//@ stage 13
		case <-s.stopping:
			return status.Error(codes.Unavailable, "the inventory stops: watch another one")
		//@ end
		}
	}
}
