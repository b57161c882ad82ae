// Given: starts the program. Your work is in internal/inventory.
package main

import (
	"shop/internal/inventory"
	"shop/internal/shared"
)

func main() {
	shared.Run("inventory", "50052", inventory.Serve)
}
