//@ file 12
package gateway

import (
	"net/http"
	"strings"
	"time"

	"shop/internal/shared"
)

// observe continues the caller's trace, or begins one, and logs each request.
func observe(handler http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := time.Now()
		parent := ""
		// Two parents are none.
		if parents := r.Header.Values("traceparent"); len(parents) == 1 {
			parent = parents[0]
		}
		t := shared.ReadTrace(parent, strings.Join(r.Header.Values("tracestate"), ","))
		seen := &statusWriter{ResponseWriter: w, status: http.StatusOK}
		handler.ServeHTTP(seen, r.WithContext(shared.WithTrace(r.Context(), t)))
		// The path's first word: an id in it would make each request a method of its own.
		first, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
		shared.LogRequest(t, r.Method+" /"+first, seen.status, time.Since(began))
	})
}

// statusWriter remembers the status.
type statusWriter struct {
	http.ResponseWriter
	status int
}

func (w *statusWriter) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

// Unwrap lets net/http reach what it needs of the writer beneath.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
