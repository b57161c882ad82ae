// Package catalog says what the shop sells.
package catalog

import (
	"context"
	//@ stage 3
	"sort"
	//@ end

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"shop/gen/shopv1"
	"shop/internal/shared"
)

//@ stage 3
// batch is how many products the inventory is asked for at a time.
const batch = 10

//@ end
// Serve answers until ctx ends.
func Serve(ctx context.Context, settings shared.Settings) error {
	products, err := shared.ReadProducts(settings.ProductsFile)
	if err != nil {
		return err
	}
	//@ stage 1-2
	return shared.ServeGRPC(ctx, settings, &shopv1.Catalog_ServiceDesc, newService(products))
	//@ end
	//@ stage 3
	connection, err := shared.Connect(shared.Env("INVENTORY_ADDR", "127.0.0.1:50052"))
	if err != nil {
		return err
	}
	defer connection.Close()
	return shared.ServeGRPC(ctx, settings, &shopv1.Catalog_ServiceDesc, newService(products, shopv1.NewInventoryClient(connection)))
	//@ end
}

type service struct {
	shopv1.UnimplementedCatalogServer
	products map[string]*shopv1.Product
	//@ stage 3
	// ids are in order.
	ids       []string
	inventory shopv1.InventoryClient
	//@ end
}

//@ stage 1-2
func newService(products []shared.Product) *service {
	s := &service{products: make(map[string]*shopv1.Product, len(products))}
	for _, p := range products {
		s.products[p.ID] = &shopv1.Product{Id: p.ID, Name: p.Name, Description: p.Description, PriceCents: p.PriceCents}
	}
	return s
}
//@ end
//@ stage 3
func newService(products []shared.Product, inventory shopv1.InventoryClient) *service {
	s := &service{products: make(map[string]*shopv1.Product, len(products)), inventory: inventory}
	for _, p := range products {
		s.products[p.ID] = &shopv1.Product{Id: p.ID, Name: p.Name, Description: p.Description, PriceCents: p.PriceCents}
		s.ids = append(s.ids, p.ID)
	}
	sort.Strings(s.ids)
	return s
}
//@ end

func (s *service) GetProduct(_ context.Context, request *shopv1.GetProductRequest) (*shopv1.Product, error) {
	if request.GetId() == "" {
		return nil, status.Error(codes.InvalidArgument, "the id is empty")
	}
	product, found := s.products[request.GetId()]
	if !found {
		return nil, status.Errorf(codes.NotFound, "there is no product %q", request.GetId())
	}
	return product, nil
}
//@ stage 3

func (s *service) ListProducts(request *shopv1.ListProductsRequest, stream shopv1.Catalog_ListProductsServer) error {
	if request.GetPageSize() < 0 {
		return status.Error(codes.InvalidArgument, "page_size is negative")
	}
	first := sort.Search(len(s.ids), func(i int) bool { return s.ids[i] > request.GetAfter() })
	ids := s.ids[first:]
	if size := int(request.GetPageSize()); size > 0 && size < len(ids) {
		ids = ids[:size]
	}
	if request.GetWithStock() {
		return s.sendWithStock(ids, stream)
	}
	for _, id := range ids {
		if err := stream.Send(s.products[id]); err != nil {
			return err
		}
	}
	return nil
}

// sendWithStock asks for the next products when the reader has taken the ones before: Send waits for the reader.
func (s *service) sendWithStock(ids []string, stream shopv1.Catalog_ListProductsServer) error {
	for len(ids) > 0 {
		some := ids[:min(batch, len(ids))]
		ids = ids[len(some):]
		available, err := s.available(stream.Context(), some)
		if err != nil {
			return err
		}
		for _, id := range some {
			p := s.products[id]
			stock := available[id]
			if err := stream.Send(&shopv1.Product{Id: p.Id, Name: p.Name, Description: p.Description, PriceCents: p.PriceCents, Available: &stock}); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *service) available(ctx context.Context, ids []string) (map[string]int32, error) {
	//@ stage 6
	ctx, cancel := context.WithTimeout(ctx, shared.Patience)
	defer cancel()
	//@ end
	response, err := s.inventory.Get(ctx, &shopv1.GetStockRequest{ProductIds: ids})
	if err != nil {
		return nil, err
	}
	available := make(map[string]int32, len(ids))
	for _, stock := range response.GetStocks() {
		available[stock.GetProductId()] = stock.GetAvailable()
	}
	return available, nil
}
//@ end
