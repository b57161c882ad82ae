//@ file 7
// The settings, and when to stop.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"

	"distributed-cache/internal/server"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	stopped, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	go func() {
		// Whoever starts the server holds its standard input open: when that ends, they are gone. A terminal stays.
		if !isTerminal(os.Stdin) {
			_, _ = io.Copy(io.Discard, os.Stdin)
			stop()
		}
	}()

	settings, err := readSettings()
	if err != nil {
		return err
	}
	//@ stage 7-13
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(settings) }()
	select {
	case <-stopped.Done():
		// There is nothing to save: what was promised to a client is kept already.
		return nil
	case err := <-failed:
		return err
	}
	//@ end
	//@ stage 14
	return server.Serve(stopped, settings)
	//@ end
}

func readSettings() (server.Settings, error) {
	maxMemory, err := size("MAXMEMORY", "0")
	if err != nil {
		return server.Settings{}, err
	}
	settings := server.Settings{
		Host:      env("HOST", "127.0.0.1"),
		Port:      env("PORT", "6380"),
		DataDir:   env("DATA_DIR", "data"),
		MaxMemory: maxMemory,
		Evicts:    env("MAXMEMORY_POLICY", "noeviction") == "allkeys-lru",
	}
	//@ stage 8
	settings.AppendOnly = env("APPENDONLY", "no") == "yes"
	//@ end
	//@ stage 10
	settings.ReplicaOf = env("REPLICAOF", "")
	//@ end
	//@ stage 12
	settings.ClusterNodes = env("CLUSTER_NODES", "")
	//@ end
	//@ stage 14
	if settings.MaxClients, err = strconv.Atoi(env("MAXCLIENTS", "10000")); err != nil {
		return server.Settings{}, fmt.Errorf("MAXCLIENTS is no number: %w", err)
	}
	//@ end
	return settings, nil
}

func env(name, otherwise string) string {
	if value := os.Getenv(name); value != "" {
		return value
	}
	return otherwise
}

// size reads a number of bytes, or one with a unit, such as 20mb.
func size(name, otherwise string) (int, error) {
	text := env(name, otherwise)
	digits := strings.TrimRight(strings.ToLower(text), "kmgb")
	units := map[string]int{"": 1, "b": 1, "k": 1e3, "kb": 1 << 10, "m": 1e6, "mb": 1 << 20, "g": 1e9, "gb": 1 << 30}
	unit, known := units[strings.ToLower(text[len(digits):])]
	number, err := strconv.Atoi(digits)
	if err != nil || number < 0 || !known {
		return 0, fmt.Errorf("%s is %q, which is no size: write a number of bytes, or one with mb or gb", name, text)
	}
	return number * unit, nil
}

func isTerminal(file *os.File) bool {
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
