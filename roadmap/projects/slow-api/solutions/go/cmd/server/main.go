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
	//@ stage 11
	"strconv"
	//@ end
	"syscall"
	//@ stage 11
	"time"
	//@ end

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
		//@ stage 11

		CacheTTL:        milliseconds("CACHE_TTL_MS", 5000),
		CacheMaxEntries: number("CACHE_MAX_ENTRIES", 1000),
		//@ end
		//@ stage 12

		PricingTimeout: milliseconds("PRICING_TIMEOUT_MS", 500),
		MaxInFlight:    number("MAX_IN_FLIGHT", 256),
		//@ end
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

//@ stage 11
func milliseconds(name string, otherwise int) time.Duration {
	return time.Duration(number(name, otherwise)) * time.Millisecond
}

// number ends the program when the variable holds something else.
func number(name string, otherwise int) int {
	value, err := strconv.Atoi(env(name, strconv.Itoa(otherwise)))
	if err != nil || value < 0 {
		exit(fmt.Errorf("%s must be a whole number, 0 or more, and is %q", name, os.Getenv(name)))
	}
	return value
}

//@ end
func isTerminal(file *os.File) bool {
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
