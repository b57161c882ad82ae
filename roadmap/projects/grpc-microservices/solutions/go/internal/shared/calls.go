//@ file 13
package shared

import (
	"context"
	"strings"
	"sync/atomic"
	"time"

	"google.golang.org/grpc"
)

// calls counts the running ones. Whoever watches something waits for changes, not for an answer, and does not count.
type calls struct {
	running atomic.Int64
}

func (c *calls) countUnary(ctx context.Context, request any, _ *grpc.UnaryServerInfo, handle grpc.UnaryHandler) (any, error) {
	c.running.Add(1)
	defer c.running.Add(-1)
	return handle(ctx, request)
}

func (c *calls) countStream(server any, stream grpc.ServerStream, info *grpc.StreamServerInfo, handle grpc.StreamHandler) error {
	if !info.IsClientStream && !strings.HasSuffix(info.FullMethod, "/Watch") {
		c.running.Add(1)
		defer c.running.Add(-1)
	}
	return handle(server, stream)
}

// wait returns when none is running, or limit has passed.
func (c *calls) wait(limit time.Duration) {
	for deadline := time.Now().Add(limit); c.running.Load() > 0 && time.Now().Before(deadline); {
		time.Sleep(10 * time.Millisecond)
	}
}
