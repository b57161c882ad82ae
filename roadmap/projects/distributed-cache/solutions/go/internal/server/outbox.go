//@ file 9
package server

import (
	"net"
	"sync"
)

// outbox takes what a client gets unasked, and writes it in a goroutine of its own: who puts something in never waits for the
// client to read. A client that lets more pile up than its limit is dropped, before it fills the memory.
type outbox struct {
	client *client

	mu     sync.Mutex
	filled *sync.Cond
	pieces net.Buffers
	// unwritten is how many bytes were put in that the system has not taken, those in the hands of write included.
	unwritten, limit int
	closed           bool
	done             chan struct{}
}

func newOutbox(c *client, limit int) *outbox {
	o := &outbox{client: c, limit: limit, done: make(chan struct{})}
	o.filled = sync.NewCond(&o.mu)
	go o.write()
	return o
}

func (o *outbox) raiseLimit(limit int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.limit = max(o.limit, limit)
}

// push puts in a piece that may belong to several outboxes: it must not be changed any more.
func (o *outbox) push(piece []byte) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.closed || len(piece) == 0 {
		return
	}
	o.pieces = append(o.pieces, piece)
	o.unwritten += len(piece)
	if o.unwritten > o.limit {
		o.drop()
	}
	o.filled.Signal()
}

// drop throws all away. The client's own goroutine sees that its connection is closed, and leaves.
func (o *outbox) drop() {
	o.closed = true
	o.pieces = nil
	o.client.conn.Close()
}

func (o *outbox) write() {
	defer close(o.done)
	for {
		pieces := o.take()
		if len(pieces) == 0 {
			return
		}
		// What is told must be kept already, as with any reply.
		o.client.server.sync()
		written, err := pieces.WriteTo(o.client.conn)
		o.mu.Lock()
		o.unwritten -= int(written)
		if err != nil {
			o.drop()
		}
		o.mu.Unlock()
	}
}

// take waits until there is something; nothing is there only when nothing more will come.
func (o *outbox) take() net.Buffers {
	o.mu.Lock()
	defer o.mu.Unlock()
	for len(o.pieces) == 0 && !o.closed {
		o.filled.Wait()
	}
	pieces := o.pieces
	o.pieces = nil
	return pieces
}

// finish takes nothing more, and waits until what is there is written, or can't be.
func (o *outbox) finish() {
	o.mu.Lock()
	o.closed = true
	o.mu.Unlock()
	o.filled.Signal()
	<-o.done
}
