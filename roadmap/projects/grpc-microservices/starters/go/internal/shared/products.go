package shared

import (
	"encoding/json"
	"fmt"
	"os"
)

// Product is a row of data/products.json. Their order in the file means nothing.
type Product struct {
	ID          string `json:"id"`
	Name        string `json:"name"`
	Description string `json:"description"`
	PriceCents  int64  `json:"priceCents"`
	Stock       int32  `json:"stock"`
}

// ReadProducts fails when the file is missing or damaged.
func ReadProducts(file string) ([]Product, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("can't read the products: %w; PRODUCTS_FILE names the file", err)
	}
	var products []Product
	if err := json.Unmarshal(text, &products); err != nil {
		return nil, fmt.Errorf("can't read the products in %s: %w; PRODUCTS_FILE names the file", file, err)
	}
	return products, nil
}
