// Given: starts the program. Your work is in internal/gateway.
package main

import (
	"shop/internal/gateway"
	"shop/internal/shared"
)

func main() {
	shared.Run("gateway", "8080", gateway.Serve)
}
