// Package orders takes orders.
package orders

import (
	"context"

	"shop/gen/shopv1"
	"shop/internal/shared"
)

// roadmap: event-driven-systems

// Serve answers until ctx ends.
func Serve(ctx context.Context, settings shared.Settings) error {
	// TODO (stage 5): answer CreateOrder, GetOrder and StreamOrders. INVENTORY_ADDR and PAYMENTS_ADDR say where the neighbors are.
	return shared.ServeGRPC(ctx, settings, &shopv1.Orders_ServiceDesc, &service{})
}

type service struct {
	shopv1.UnimplementedOrdersServer
}
