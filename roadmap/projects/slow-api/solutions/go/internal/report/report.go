//@ file 9
// Package report makes the report of the shop.
package report

import (
	"context"
	"crypto/sha512"
	"encoding/hex"
	"fmt"
	"runtime"
	"strings"

	"golang.org/x/crypto/pbkdf2"

	"slow-api/internal/orders"
)

// signing bounds the signatures that are computed at once: a core is left for those who only wait for the database.
var signing = make(chan struct{}, max(1, runtime.GOMAXPROCS(0)-1))

// Report holds figures with a signature that is expensive to forge.
type Report struct {
	Statuses  []orders.StatusLine `json:"statuses"`
	Signature string              `json:"signature"`
}

// Make signs the figures, when it is their turn. It fails when ctx ends before.
func Make(ctx context.Context, statuses []orders.StatusLine) (Report, error) {
	select {
	case signing <- struct{}{}:
		defer func() { <-signing }()
		return Report{Statuses: statuses, Signature: signReport(formatReport(statuses))}, nil
	case <-ctx.Done():
		return Report{}, ctx.Err()
	}
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
