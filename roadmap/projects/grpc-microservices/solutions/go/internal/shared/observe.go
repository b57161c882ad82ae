//@ file 12
package shared

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"google.golang.org/grpc"
	"google.golang.org/grpc/status"
)

// The name and the bounds are OpenTelemetry's for rpc.server.call.duration.
var durations = promauto.NewHistogramVec(prometheus.HistogramOpts{
	Name:    "rpc_server_call_duration_seconds",
	Help:    "How long calls took, from their arrival to their status.",
	Buckets: []float64{0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10},
}, []string{"rpc_system_name", "rpc_method", "rpc_response_status_code"})

// logAs makes each line of the log a JSON object on standard output.
func logAs(service string) {
	handler := slog.NewJSONHandler(os.Stdout, &slog.HandlerOptions{ReplaceAttr: func(_ []string, attribute slog.Attr) slog.Attr {
		if attribute.Key == slog.LevelKey {
			attribute.Value = slog.StringValue(strings.ToLower(attribute.Value.String()))
		}
		return attribute
	}})
	slog.SetDefault(slog.New(handler).With("service", service))
}

// LogRequest writes the line of a finished request. Code is that of its protocol.
func LogRequest(t Trace, method string, code any, took time.Duration) {
	slog.Info("request", "trace_id", t.ID, "span_id", t.Span, "method", method, "code", code, "duration_ms", float64(took.Microseconds())/1000)
}

func observeUnary(ctx context.Context, request any, info *grpc.UnaryServerInfo, handle grpc.UnaryHandler) (any, error) {
	t, began := incomingTrace(ctx), time.Now()
	reply, err := handle(WithTrace(ctx, t), request)
	observe(t, info.FullMethod, err, time.Since(began))
	return reply, err
}

// tracedStream is a stream whose context holds the trace.
type tracedStream struct {
	grpc.ServerStream
	ctx context.Context
}

func (s *tracedStream) Context() context.Context { return s.ctx }

func observeStream(server any, stream grpc.ServerStream, info *grpc.StreamServerInfo, handle grpc.StreamHandler) error {
	t, began := incomingTrace(stream.Context()), time.Now()
	err := handle(server, &tracedStream{ServerStream: stream, ctx: WithTrace(stream.Context(), t)})
	observe(t, info.FullMethod, err, time.Since(began))
	return err
}

func observe(t Trace, method string, err error, took time.Duration) {
	code := CodeName(status.Code(err))
	LogRequest(t, method, code, took)
	if strings.HasPrefix(method, "/shop.v1.") {
		durations.WithLabelValues("grpc", strings.TrimPrefix(method, "/"), code).Observe(took.Seconds())
	}
}

// serveMetrics offers the metrics over HTTP until ctx ends, if somebody wants them.
func serveMetrics(ctx context.Context, settings Settings) error {
	if settings.MetricsPort == "" {
		return nil
	}
	listener, err := net.Listen("tcp", net.JoinHostPort(settings.Host, settings.MetricsPort))
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.Handler())
	server := &http.Server{Handler: mux}
	context.AfterFunc(ctx, func() { _ = server.Close() })
	go func() {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			slog.Error("metrics are no longer served", "reason", err.Error())
		}
	}()
	return nil
}
