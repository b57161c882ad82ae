// Package inventory says what is in stock.
package inventory

import (
	"context"

	"shop/gen/shopv1"
	"shop/internal/shared"
)

// roadmap: transactions-consistency
// roadmap: processes-threads-concurrency

// Serve answers until ctx ends.
func Serve(ctx context.Context, settings shared.Settings) error {
	// TODO (stage 4): answer Reserve, Release, Get and Watch.
	return shared.ServeGRPC(ctx, settings, &shopv1.Inventory_ServiceDesc, &service{})
}

type service struct {
	shopv1.UnimplementedInventoryServer
}
