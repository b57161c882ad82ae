package database

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"slow-api/internal/timing"
)

// tracer adds the time of each statement to that of its request.
type tracer struct{}

type startedKey struct{}

func (tracer) TraceQueryStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceQueryStartData) context.Context {
	return context.WithValue(ctx, startedKey{}, time.Now())
}

func (tracer) TraceQueryEnd(ctx context.Context, _ *pgx.Conn, _ pgx.TraceQueryEndData) {
	if started, ok := ctx.Value(startedKey{}).(time.Time); ok {
		timing.AddDatabase(ctx, time.Since(started))
	}
}
