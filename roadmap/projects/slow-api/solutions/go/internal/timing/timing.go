// Package timing tells where the time of a request goes.
package timing

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"
)

// Timing is that of one request.
type Timing struct {
	started  time.Time
	database atomic.Int64
}

type key struct{}

// Start begins with a request; who has the context can add to its times.
func Start(ctx context.Context) (context.Context, *Timing) {
	timing := &Timing{started: time.Now()}
	return context.WithValue(ctx, key{}, timing), timing
}

// AddDatabase adds what a statement took, from sending to the complete result.
func AddDatabase(ctx context.Context, took time.Duration) {
	if timing, ok := ctx.Value(key{}).(*Timing); ok {
		timing.database.Add(int64(took))
	}
}

// Header is a value for Server-Timing, in milliseconds.
func (t *Timing) Header() string {
	return fmt.Sprintf("db;dur=%.1f, total;dur=%.1f", milliseconds(time.Duration(t.database.Load())), milliseconds(time.Since(t.started)))
}

func milliseconds(duration time.Duration) float64 {
	return float64(duration) / float64(time.Millisecond)
}
