package shared

import (
	"context"
	"net"

	"google.golang.org/grpc"
)

// ServeGRPC offers one service over gRPC, without TLS, until ctx ends.
func ServeGRPC(ctx context.Context, settings Settings, service *grpc.ServiceDesc, methods any) error {
	listener, err := net.Listen("tcp", net.JoinHostPort(settings.Host, settings.Port))
	if err != nil {
		return err
	}
	server := grpc.NewServer()
	server.RegisterService(service, methods)
	// From stage 2 on it says how it is, from stage 13 on it finishes what is running.
	context.AfterFunc(ctx, server.Stop)
	return server.Serve(listener)
}
