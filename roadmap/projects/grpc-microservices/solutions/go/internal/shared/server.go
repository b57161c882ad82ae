package shared

import (
	"context"
	"net"
	//@ stage 13
	"time"
	//@ end

	"google.golang.org/grpc"
	//@ stage 2
	"google.golang.org/grpc/health"
	"google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/reflection"
	//@ end
)

//@ stage 13
// notice is how long others have to hear of the end, before connections close.
const notice = 100 * time.Millisecond

//@ end
// ServeGRPC offers one service over gRPC, without TLS, until ctx ends.
func ServeGRPC(ctx context.Context, settings Settings, service *grpc.ServiceDesc, methods any) error {
	listener, err := net.Listen("tcp", net.JoinHostPort(settings.Host, settings.Port))
	if err != nil {
		return err
	}
	//@ stage 1-11
	server := grpc.NewServer()
	//@ end
	//@ stage 12
	if err := serveMetrics(ctx, settings); err != nil {
		return err
	}
	//@ end
	//@ stage 12-12
	server := grpc.NewServer(grpc.ChainUnaryInterceptor(observeUnary), grpc.ChainStreamInterceptor(observeStream))
	//@ end
	//@ stage 13
	var running calls
	server := grpc.NewServer(grpc.ChainUnaryInterceptor(running.countUnary, observeUnary), grpc.ChainStreamInterceptor(running.countStream, observeStream))
	//@ end
	server.RegisterService(service, methods)
	//@ stage 2
	state := health.NewServer()
	state.SetServingStatus(service.ServiceName, grpc_health_v1.HealthCheckResponse_SERVING)
	grpc_health_v1.RegisterHealthServer(server, state)
	reflection.Register(server)
	//@ end
	//@ stage 1-12
	context.AfterFunc(ctx, server.Stop)
	return server.Serve(listener)
	//@ end
	//@ stage 13
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	select {
	case err := <-served:
		return err
	case <-ctx.Done():
	}
	state.Shutdown()
	time.Sleep(notice)
	// Takes no new connections and calls, and ends when all answers are sent; those who watch would hold it up for ever.
	go server.GracefulStop()
	running.wait(settings.Grace)
	if !endsSoon(served) {
		// It waits for connections that have not said a word yet, so it is not waited for.
		go server.Stop()
		endsSoon(served)
	}
	return nil
	//@ end
}
//@ stage 13

// endsSoon gives the last answers the time to leave.
func endsSoon(served <-chan error) bool {
	select {
	case <-served:
		return true
	case <-time.After(notice):
		return false
	}
}
//@ end
