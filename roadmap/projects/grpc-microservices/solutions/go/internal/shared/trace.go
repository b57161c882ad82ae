//@ file 12
package shared

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"regexp"
	"strings"

	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"
)

// Trace is the place of a piece of work in a request's trace, as W3C Trace Context passes it on.
type Trace struct {
	ID, Span, Flags, State string
}

var traceParent = regexp.MustCompile(`^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$`)

// ReadTrace continues the trace of a caller with a span of its own, and begins a new one when the caller has sent none, or a damaged one.
func ReadTrace(parent, state string) Trace {
	part := traceParent.FindStringSubmatch(parent)
	if part == nil || part[1] == "ff" || part[1] == "00" && part[5] != "" || strings.Trim(part[2], "0") == "" || strings.Trim(part[3], "0") == "" {
		return Trace{ID: randomHex(16), Span: randomHex(8), Flags: "01"}
	}
	return Trace{ID: part[2], Span: randomHex(8), Flags: part[4], State: state}
}

type traceKey struct{}

// WithTrace puts the trace into the context of the work.
func WithTrace(ctx context.Context, t Trace) context.Context {
	return context.WithValue(ctx, traceKey{}, t)
}

// passOnTrace gives each call to a neighbor a span of its own.
func passOnTrace(ctx context.Context, method string, request, reply any, connection *grpc.ClientConn, call grpc.UnaryInvoker, options ...grpc.CallOption) error {
	t, has := ctx.Value(traceKey{}).(Trace)
	if !has {
		t = ReadTrace("", "")
	}
	pairs := []string{"traceparent", "00-" + t.ID + "-" + randomHex(8) + "-" + t.Flags}
	if t.State != "" {
		pairs = append(pairs, "tracestate", t.State)
	}
	return call(metadata.AppendToOutgoingContext(ctx, pairs...), method, request, reply, connection, options...)
}

func incomingTrace(ctx context.Context) Trace {
	incoming, _ := metadata.FromIncomingContext(ctx)
	parent := ""
	// Two parents are none.
	if parents := incoming.Get("traceparent"); len(parents) == 1 {
		parent = parents[0]
	}
	return ReadTrace(parent, strings.Join(incoming.Get("tracestate"), ","))
}

func randomHex(bytes int) string {
	b := make([]byte, bytes)
	_, _ = rand.Read(b)
	return hex.EncodeToString(b)
}
