//@ file 9
package orders

import (
	"context"
	"sync"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"shop/internal/shared"
)

// failuresToOpen in a row open the breaker.
const failuresToOpen = 10

// errOpen is final: who is told that nobody is asked need not ask again at once.
var errOpen = shared.Final{Err: status.Error(codes.Unavailable, "payments have failed again and again: they are not asked for a while")}

// breaker stands around each attempt of a call. It is closed until too many fail; then it is open for a time and lets nobody through; then
// one call, the probe, tells whether it closes or opens again.
type breaker struct {
	openFor time.Duration

	mu       sync.Mutex
	failures int
	open     bool
	until    time.Time
	probing  bool
}

func (b *breaker) intercept(ctx context.Context, method string, request, reply any, connection *grpc.ClientConn, call grpc.UnaryInvoker, options ...grpc.CallOption) error {
	probe, admitted := b.enter()
	if !admitted {
		return errOpen
	}
	err := call(ctx, method, request, reply, connection, options...)
	switch code := status.Code(err); {
	case code == codes.OK || refused(code):
		b.succeeded(probe)
	case code == codes.Canceled && ctx.Err() != nil:
		b.abandoned(probe)
	default:
		b.failed(probe)
	}
	return err
}

func (b *breaker) enter() (probe, admitted bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.open {
		return false, true
	}
	if b.probing || time.Now().Before(b.until) {
		return false, false
	}
	b.probing = true
	return true, true
}

func (b *breaker) succeeded(probe bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if probe {
		b.open, b.probing = false, false
	}
	// One that began before it opened says nothing of now.
	if !b.open {
		b.failures = 0
	}
}

func (b *breaker) failed(probe bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.failures++
	if probe || !b.open && b.failures >= failuresToOpen {
		b.open, b.probing, b.until = true, false, time.Now().Add(b.openFor)
	}
}

// abandoned: its caller went away, so it tells nothing, and the next one may be the probe.
func (b *breaker) abandoned(probe bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if probe {
		b.probing = false
	}
}
