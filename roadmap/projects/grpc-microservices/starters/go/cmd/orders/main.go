// Given: starts the program. Your work is in internal/orders.
package main

import (
	"shop/internal/orders"
	"shop/internal/shared"
)

func main() {
	shared.Run("orders", "50053", orders.Serve)
}
