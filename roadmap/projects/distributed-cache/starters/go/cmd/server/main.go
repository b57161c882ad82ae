// Given: where to listen, and when to stop. Your work begins in internal/server.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"distributed-cache/internal/server"
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

	failed := make(chan error, 1)
	go func() {
		failed <- server.Serve(server.Settings{
			Host:    env("HOST", "127.0.0.1"),
			Port:    env("PORT", "6380"),
			DataDir: env("DATA_DIR", "data"),
		})
	}()

	select {
	case <-stopped.Done():
		// From stage 8 on there is something to save here first, from stage 14 on something to finish.
	case err := <-failed:
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
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
