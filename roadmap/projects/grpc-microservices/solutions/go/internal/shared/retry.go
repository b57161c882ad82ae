//@ file 7
package shared

import (
	"context"
	"errors"
	"math/rand/v2"
	"strconv"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
)

const (
	attempts     = 4
	firstBackoff = 100 * time.Millisecond
	mostBackoff  = time.Second
)

// Final marks an error that is not worth another attempt, whatever its code.
type Final struct{ Err error }

func (f Final) Error() string { return f.Err.Error() }

// GRPCStatus lets the gRPC package find the status.
func (f Final) GRPCStatus() *status.Status { return status.Convert(f.Err) }

// retry repeats what failed with UNAVAILABLE, with the same message, inside the deadline.
func retry(ctx context.Context, method string, request, reply any, connection *grpc.ClientConn, call grpc.UnaryInvoker, options ...grpc.CallOption) error {
	for attempt := 1; ; attempt++ {
		var trailer metadata.MD
		err := call(ctx, method, request, reply, connection, append(options, grpc.Trailer(&trailer))...)
		if status.Code(err) != codes.Unavailable || errors.As(err, &Final{}) || attempt == attempts {
			return err
		}
		wait, welcome := pause(attempt, trailer.Get("grpc-retry-pushback-ms"))
		if !welcome {
			return err
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return status.FromContextError(ctx.Err()).Err()
		}
	}
}

// pause is how long to wait after an attempt: what the server asks for, else a growing time that no two callers share (gRFC A6). It is not
// welcome to come again when the server says so.
func pause(attempt int, pushback []string) (wait time.Duration, welcome bool) {
	if len(pushback) > 0 {
		milliseconds, err := strconv.ParseInt(pushback[0], 10, 32)
		return time.Duration(milliseconds) * time.Millisecond, err == nil && milliseconds >= 0
	}
	backoff := min(firstBackoff<<(attempt-1), mostBackoff)
	return time.Duration(float64(backoff) * (0.8 + 0.4*rand.Float64())), true
}
