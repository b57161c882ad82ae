package report

import (
	"testing"

	"slow-api/internal/orders"
)

func TestSignsTheFigures(t *testing.T) {
	text := formatReport([]orders.StatusLine{{Status: "open", Orders: 2, TotalCents: 1500}, {Status: "paid", Orders: 1, TotalCents: 99}})
	if want := "open:2:1500\npaid:1:99\n"; text != want {
		t.Fatalf("got %q, want %q", text, want)
	}
	if got, want := signReport(text), "69d4a486478ee773718fcc00a2a662e2caf1b7a855d2633abbf29c851eacdcca"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
