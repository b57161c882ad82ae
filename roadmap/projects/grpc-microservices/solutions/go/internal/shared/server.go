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
// notice is the time in which those who watch the health can hear of the end, before connections close.
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
	ended := make(chan struct{})
	context.AfterFunc(ctx, func() {
		defer close(ended)
		state.Shutdown()
		time.Sleep(notice)
		// Takes no new connections and calls; it would wait for ever for those who watch, so it is not waited for.
		go server.GracefulStop()
		running.wait(settings.Grace)
		server.Stop()
	})
	if err := server.Serve(listener); err != nil {
		return err
	}
	<-ended
	return nil
	//@ end
}
