// Given: starts the program. Your work is in internal/catalog.
package main

import (
	"shop/internal/catalog"
	"shop/internal/shared"
)

func main() {
	shared.Run("catalog", "50051", catalog.Serve)
}
