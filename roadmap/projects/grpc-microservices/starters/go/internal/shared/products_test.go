package shared

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

func TestReadsProductsWithAPriceBeyond32Bits(t *testing.T) {
	file := write(t, `[{ "id": "p1", "name": "Büste", "description": "", "priceCents": 9007199254740991, "stock": 3 }]`)
	want := []Product{{ID: "p1", Name: "Büste", PriceCents: 9007199254740991, Stock: 3}}
	if got, err := ReadProducts(file); err != nil || !reflect.DeepEqual(got, want) {
		t.Fatalf("got %+v, %v; want %+v", got, err, want)
	}
}

func TestSaysWhichFileIsMissingOrDamaged(t *testing.T) {
	for _, file := range []string{filepath.Join(t.TempDir(), "missing.json"), write(t, `[{ "id": "p1"`), write(t, `[{ "id": 1 }]`)} {
		if products, err := ReadProducts(file); err == nil || !strings.Contains(err.Error(), file) {
			t.Errorf("got %+v, %v; want an error that names %s", products, err, file)
		}
	}
}

func write(t *testing.T, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "products.json")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}
