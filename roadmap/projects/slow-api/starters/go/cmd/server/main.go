// Where to listen, and when to stop.
package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	_ "net/http/pprof" // on the address for profiles only
	"os"
	"os/signal"
	"syscall"

	"slow-api/internal/server"
)

func main() {
	stopped, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	go func() {
		// Whoever starts the server holds its standard input open: when that ends, they are gone. A terminal stays.
		if !isTerminal(os.Stdin) {
			_, _ = io.Copy(io.Discard, os.Stdin)
			stop()
		}
	}()
	if address := os.Getenv("PPROF_ADDR"); address != "" {
		go func() { exit(fmt.Errorf("no profiles on PPROF_ADDR: %w", http.ListenAndServe(address, nil))) }()
	}
	err := server.Serve(stopped, server.Settings{
		Host:        env("HOST", "127.0.0.1"),
		Port:        env("PORT", "8080"),
		DatabaseURL: env("DATABASE_URL", "postgres://postgres@127.0.0.1:5432/shop?sslmode=disable"),
		PricingURL:  env("PRICING_URL", "http://127.0.0.1:8090"),
	})
	if err != nil {
		exit(err)
	}
}

func exit(reason error) {
	fmt.Fprintln(os.Stderr, reason)
	os.Exit(1)
}

func env(name, otherwise string) string {
	if value := os.Getenv(name); value != "" {
		return value
	}
	return otherwise
}

func isTerminal(file *os.File) bool {
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
