// Package shared is what all programs have in common.
package shared

import (
	"context"
	//@ stage 1-11
	"fmt"
	//@ end
	"io"
	//@ stage 12
	"log/slog"
	//@ end
	"os"
	"os/signal"
	//@ stage 13
	"strconv"
	//@ end
	"syscall"
	//@ stage 13
	"time"
	//@ end
)

// Settings come from the environment.
type Settings struct {
	Host, Port string
	// DataDir is where stage 5 keeps what must survive.
	DataDir string
	// ProductsFile holds what the shop sells.
	ProductsFile string
	//@ stage 12
	// MetricsPort is empty when nobody asks for metrics.
	MetricsPort string
	//@ end
	//@ stage 13
	// Grace is how long running calls may take once the program is told to stop.
	Grace time.Duration
	//@ end
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
	//@ stage 12
	logAs(program)
	//@ end
	//@ stage 13
	grace, err := strconv.Atoi(Env("GRACE_MS", "2500"))
	if err != nil || grace < 0 {
		slog.Error("GRACE_MS must be a number of milliseconds", "value", os.Getenv("GRACE_MS"))
		os.Exit(1)
	}
	//@ end
	//@ stage 1-12
	err := serve(stopped, Settings{
		Host:         Env("HOST", "127.0.0.1"),
		Port:         Env("PORT", port),
		DataDir:      Env("DATA_DIR", "var"),
		ProductsFile: Env("PRODUCTS_FILE", "data/products.json"),
		//@ stage 12
		MetricsPort:  Env("METRICS_PORT", ""),
		//@ end
	})
	//@ end
	//@ stage 13
	err = serve(stopped, Settings{
		Host:         Env("HOST", "127.0.0.1"),
		Port:         Env("PORT", port),
		DataDir:      Env("DATA_DIR", "var"),
		ProductsFile: Env("PRODUCTS_FILE", "data/products.json"),
		MetricsPort:  Env("METRICS_PORT", ""),
		Grace:        time.Duration(grace) * time.Millisecond,
	})
	//@ end
	if err != nil {
		//@ stage 1-11
		fmt.Fprintf(os.Stderr, "%s: %v\n", program, err)
		//@ end
		//@ stage 12
		slog.Error("the program ends", "reason", err.Error())
		//@ end
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
