// Package shared is what all programs have in common.
package shared

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
)

// Settings come from the environment.
type Settings struct {
	Host, Port string
	// DataDir is where stage 5 keeps what must survive.
	DataDir string
	// ProductsFile holds what the shop sells.
	ProductsFile string
}

// Run serves until the program is told to stop: then the context of serve ends. An error of serve ends the program with exit code 1.
func Run(program, port string, serve func(context.Context, Settings) error) {
	stopped, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	go func() {
		// Whoever starts the program holds its standard input open: when that ends, they are gone. A terminal stays.
		if !isTerminal(os.Stdin) {
			_, _ = io.Copy(io.Discard, os.Stdin)
			stop()
		}
	}()
	err := serve(stopped, Settings{
		Host:         Env("HOST", "127.0.0.1"),
		Port:         Env("PORT", port),
		DataDir:      Env("DATA_DIR", "var"),
		ProductsFile: Env("PRODUCTS_FILE", "data/products.json"),
	})
	if err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", program, err)
		os.Exit(1)
	}
}

// Env reads a variable of the environment.
func Env(name, otherwise string) string {
	if value := os.Getenv(name); value != "" {
		return value
	}
	return otherwise
}

func isTerminal(file *os.File) bool {
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
