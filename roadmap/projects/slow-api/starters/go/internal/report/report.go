// Package report makes the report of the shop.
package report

import (
	"crypto/sha512"
	"encoding/hex"
	"fmt"
	"strings"

	"golang.org/x/crypto/pbkdf2"

	"slow-api/internal/orders"
)

// Report holds figures with a signature that is expensive to forge.
type Report struct {
	Statuses  []orders.StatusLine `json:"statuses"`
	Signature string              `json:"signature"`
}

// Make signs the figures.
func Make(statuses []orders.StatusLine) Report {
	return Report{Statuses: statuses, Signature: signReport(formatReport(statuses))}
}

func formatReport(statuses []orders.StatusLine) string {
	var text strings.Builder
	for _, line := range statuses {
		fmt.Fprintf(&text, "%s:%d:%d\n", line.Status, line.Orders, line.TotalCents)
	}
	return text.String()
}

func signReport(text string) string {
	return hex.EncodeToString(pbkdf2.Key([]byte(text), []byte("orders-report"), 300_000, 32, sha512.New))
}
