// Package server answers commands over TCP.
package server

import "fmt"

// roadmap: tcp-udp-dns
// roadmap: io-and-ipc

type Settings struct {
	Host, Port string
	// DataDir is where stage 8 keeps what must survive.
	DataDir string
}

// Serve listens and answers until it can't; it returns why.
func Serve(settings Settings) error {
	// TODO (stage 1): listen on settings.Host and settings.Port, and answer PING.
	//   1. net.Listen gives a listener; every connection that it accepts hands you pieces of bytes.
	//   2. Collect the pieces, and take whole commands off the front with resp.Parse (internal/resp, also yours).
	//   3. PING answers +PONG, PING hello answers the bulk string hello. Write the reply with resp.Append.
	//   4. A client that leaves, even in the middle of a command, must not end the server.
	return fmt.Errorf("TODO (stage 1): nothing listens on %s:%s yet. Your work begins in internal/server/server.go; README.md says how",
		settings.Host, settings.Port)
}
