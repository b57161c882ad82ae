// Package server answers commands over TCP.
package server

import (
	"net"
	"strings"

	"distributed-cache/internal/resp"
)

// roadmap: tcp-udp-dns
// roadmap: io-and-ipc

type Settings struct {
	Host, Port string
	// DataDir is where stage 8 keeps what must survive.
	DataDir string
}

// Serve listens and answers until it can't; it returns why.
func Serve(settings Settings) error {
	listener, err := net.Listen("tcp", net.JoinHostPort(settings.Host, settings.Port))
	if err != nil {
		return err
	}
	for {
		connection, err := listener.Accept()
		if err != nil {
			return err
		}
		go talk(connection)
	}
}

func talk(connection net.Conn) {
	defer connection.Close()
	var pending []byte
	piece := make([]byte, 16*1024)
	for {
		size, err := connection.Read(piece)
		if err != nil {
			return
		}
		pending = append(pending, piece[:size]...)
		var output []byte
		for {
			command, used, err := resp.Parse(pending)
			if err != nil {
				_, _ = connection.Write(resp.Append(output, resp.Error("ERR "+err.Error())))
				return
			}
			if used == 0 {
				break
			}
			if len(command) > 0 {
				output = resp.Append(output, answer(command))
			}
			pending = pending[used:]
		}
		if _, err := connection.Write(output); err != nil {
			return
		}
	}
}

func answer(command resp.Command) resp.Reply {
	name, arguments := string(command[0]), command[1:]
	if !strings.EqualFold(name, "PING") {
		return resp.Error("ERR unknown command '" + name + "'")
	}
	switch len(arguments) {
	case 0:
		return resp.Simple("PONG")
	case 1:
		return resp.Bulk(arguments[0])
	}
	return resp.Error("ERR wrong number of arguments for 'ping' command")
}
