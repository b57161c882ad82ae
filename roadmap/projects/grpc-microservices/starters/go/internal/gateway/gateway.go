// Package gateway offers the shop as JSON over HTTP.
package gateway

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"

	"shop/internal/shared"
)

// roadmap: authentication-authorization

// Serve answers until ctx ends.
func Serve(ctx context.Context, settings shared.Settings) error {
	// TODO (stage 11): answer GET /products/{id}, POST /orders and GET /orders/{id}.
	server := http.Server{
		Addr: net.JoinHostPort(settings.Host, settings.Port),
		Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(http.StatusNotImplemented)
			_, _ = io.WriteString(w, `{ "error": { "code": "UNIMPLEMENTED", "message": "The gateway is built in stage 11." } }`+"\n")
		}),
	}
	context.AfterFunc(ctx, func() { _ = server.Close() })
	if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
