package server

import (
	//@ stage 3
	"errors"
	"io"
	//@ end
	"net"
	//@ stage 1-3
	"strings"
	//@ end
	//@ stage 3
	"time"
	//@ end

	"distributed-cache/internal/resp"
)
//@ stage 1-2

// serve takes commands off the bytes that arrive on one connection, and answers them in their order.
func serve(conn net.Conn) {
	defer conn.Close()
	var pending []byte
	piece := make([]byte, 16<<10)
	for {
		count, err := conn.Read(piece)
		if err != nil {
			// It has closed its side or, with a reset, all of it: either is a client's way of leaving.
			return
		}
		pending = append(pending, piece[:count]...)
		for {
			command, used, err := resp.Parse(pending)
			if err != nil {
				conn.Write(resp.Append(nil, resp.Error("ERR Protocol error: "+err.Error())))
				return
			}
			if used == 0 {
				break
			}
			pending = pending[used:]
			if len(command) > 0 {
				conn.Write(resp.Append(nil, answer(command)))
			}
		}
	}
}
//@ end
//@ stage 3-7

// client is one connection: it takes commands off the bytes that arrive, and answers them in their order.
type client struct {
//@ end
//@ stage 8-9

// client is one connection: it takes commands off the bytes that arrive, and answers them in their order. Or, without a
// connection, it is the log.
type client struct {
//@ end
//@ stage 10

// client is one connection: it takes commands off the bytes that arrive, and answers them in their order. Or, without a
// connection, it is the log or the leader.
type client struct {
//@ end
//@ stage 3-3
	conn   *net.TCPConn
	reader *resp.Reader
}

func newClient(conn net.Conn) *client {
	return &client{conn: conn.(*net.TCPConn), reader: resp.NewReader(conn)}
}
//@ end
//@ stage 4
	server *server
	conn   *net.TCPConn
	reader *resp.Reader
	//@ stage 8
	// replies are those that were not sent yet.
	replies []byte
	// trusted says that its commands took place already, so that there is nothing to refuse.
	trusted bool
	//@ end
	//@ stage 9
	// outbox is where replies and messages go once it gets some unasked. Guarded by the server's lock.
	outbox *outbox
	//@ end
	// closing says that nothing more is to be answered.
	closing bool
	//@ stage 6
	// transaction is what it has queued since MULTI.
	transaction *transaction
	//@ end
	//@ stage 9
	// channels are those that it has subscribed to.
	channels map[string]bool
	//@ end
	//@ stage 10
	// listeningPort is, if it is a replica, where it listens itself.
	listeningPort string
	//@ end
	//@ stage 11
	// lastWrite is where in the stream of writes its last one is.
	lastWrite int64
	//@ end
}

func newClient(s *server, conn net.Conn) *client {
	c := &client{server: s, conn: conn.(*net.TCPConn)}
	//@ stage 4-7
	c.reader = resp.NewReader(conn)
	//@ end
	//@ stage 8
	c.reader = resp.NewReader(c)
	//@ end
	return c
}
//@ end
//@ stage 3

func (c *client) serve() {
	//@ stage 14
	defer c.server.serving.Done()
	//@ end
	//@ stage 3-3
	for {
	//@ end
	//@ stage 4
	for !c.closing {
	//@ end
		command, err := c.reader.ReadCommand()
		if err != nil {
			// Any other error, such as a reset connection, is the client's way of leaving.
			var wrong resp.ProtocolError
			if errors.As(err, &wrong) {
				c.send(resp.Error("ERR " + wrong.Error()))
			}
			break
		}
		//@ stage 3-3
		c.send(answer(command))
		//@ end
		//@ stage 4
		c.answer(command)
		//@ end
	}
	//@ stage 9
	c.leave()
	//@ end
	c.hangUp()
}
//@ end
//@ stage 4

func (c *client) answer(command resp.Command) {
	c.server.mu.Lock()
	reply := c.server.execute(c, command)
	//@ stage 9
	if c.outbox != nil {
		// Under the lock still: so the acknowledgement of a channel stands before its first message.
		c.send(reply)
		c.server.mu.Unlock()
		return
	}
	//@ end
	c.server.mu.Unlock()
	c.send(reply)
}
//@ end
//@ stage 3-7

func (c *client) send(reply resp.Reply) {
	c.conn.Write(resp.Append(nil, reply))
}
//@ end
//@ stage 8-8

func (c *client) send(reply resp.Reply) {
	c.replies = resp.Append(c.replies, reply)
}
//@ end
//@ stage 9

func (c *client) send(reply resp.Reply) {
	if c.outbox != nil {
		c.outbox.push(resp.Append(nil, reply))
		return
	}
	c.replies = resp.Append(c.replies, reply)
	//@ stage 13
	// A batch of large replies must not sit in memory as a whole.
	if len(c.replies) > mostReplies {
		c.flush()
	}
	//@ end
}
//@ end
//@ stage 13

const mostReplies = 64 << 10
//@ end
//@ stage 8

// Read is how the reader gets more bytes. Before it has to wait for them, the replies to all commands so far go out in one piece.
func (c *client) Read(buffer []byte) (int, error) {
	c.flush()
	return c.conn.Read(buffer)
}

// flush sends the replies when what they promise is on disk. Many clients wait there for the same moment.
func (c *client) flush() {
	if len(c.replies) == 0 {
		return
	}
	c.server.sync()
	// After an error the next read fails, too.
	c.conn.Write(c.replies)
	//@ stage 8-12
	c.replies = nil
	//@ end
	//@ stage 13
	c.replies = c.replies[:0]
	if cap(c.replies) > 2*mostReplies {
		c.replies = nil
	}
	//@ end
}
//@ end
//@ stage 9

// startOutbox is called, with the lock held, before anybody sends it something unasked. It may have up to limit unread bytes.
func (c *client) startOutbox(limit int) {
	if c.outbox != nil {
		c.outbox.raiseLimit(limit)
		return
	}
	c.outbox = newOutbox(c, limit+len(c.replies))
	c.outbox.push(c.replies)
	c.replies = nil
}

// leave makes the server forget the client.
func (c *client) leave() {
	c.server.mu.Lock()
	defer c.server.mu.Unlock()
	c.server.pubsub.leave(c)
	//@ stage 10
	c.server.replication.leave(c)
	//@ end
	//@ stage 14
	delete(c.server.clients, c)
	//@ end
}
//@ end
//@ stage 10

func (c *client) address() string {
	host, _, _ := net.SplitHostPort(c.conn.RemoteAddr().String())
	return host
}
//@ end
//@ stage 3

// hangUp ends the connection in a way that lets the last reply arrive: to close it while bytes are unread would reset it.
func (c *client) hangUp() {
	//@ stage 8
	c.conn.SetWriteDeadline(time.Now().Add(time.Second))
	c.flush()
	//@ end
	//@ stage 9
	if c.outbox != nil {
		c.outbox.finish()
	}
	//@ end
	c.conn.CloseWrite()
	c.conn.SetReadDeadline(time.Now().Add(500 * time.Millisecond))
	io.Copy(io.Discard, c.conn)
	c.conn.Close()
}
//@ end
//@ stage 14

// refuse says why the client is not served.
func (c *client) refuse(message string) {
	c.send(resp.Error(message))
	c.hangUp()
}

// stop makes the client's goroutine end when it has answered what it has read.
func (c *client) stop() {
	c.conn.SetReadDeadline(time.Now())
	c.conn.SetWriteDeadline(time.Now().Add(time.Second))
}
//@ end
//@ stage 1-3

func answer(command resp.Command) resp.Reply {
	name, arguments := string(command[0]), command[1:]
	switch {
	case !strings.EqualFold(name, "PING"):
		return resp.Error("ERR unknown command '" + name + "'")
	case len(arguments) > 1:
		return resp.Error("ERR wrong number of arguments for 'ping' command")
	case len(arguments) == 1:
		return resp.Bulk(arguments[0])
	default:
		return resp.Simple("PONG")
	}
}
//@ end
