//@ file 3
package shared

import (
	//@ stage 6
	"context"
	//@ end
	//@ stage 10
	"strings"
	//@ end
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/backoff"
	"google.golang.org/grpc/credentials/insecure"
	//@ stage 10
	"google.golang.org/grpc/resolver"
	"google.golang.org/grpc/resolver/manual"
	//@ end
)

//@ stage 6
// Patience is how long a call to a neighbor may take when nobody has said.
const Patience = 2 * time.Second

// WithDeadline gives ctx a deadline unless its caller has.
func WithDeadline(ctx context.Context) (context.Context, context.CancelFunc) {
	if _, has := ctx.Deadline(); has {
		return context.WithCancel(ctx)
	}
	return context.WithTimeout(ctx, Patience)
}

//@ end
//@ stage 3-9
//@ stage 3-8
// Connect prepares a connection to a neighbor, which need not be up yet: calls fail with UNAVAILABLE until it is.
func Connect(address string) (*grpc.ClientConn, error) {
//@ end
//@ stage 9-9
// Connect prepares a connection to a neighbor, which need not be up yet: calls fail with UNAVAILABLE until it is. The interceptors see each
// attempt of a call.
func Connect(address string, attempt ...grpc.UnaryClientInterceptor) (*grpc.ClientConn, error) {
//@ end
	return grpc.NewClient("passthrough:///"+address,
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithNoProxy(),
		// One that comes back is found again soon.
		grpc.WithConnectParams(grpc.ConnectParams{Backoff: backoff.Config{BaseDelay: 100 * time.Millisecond, Multiplier: 1.6, Jitter: 0.2, MaxDelay: time.Second}, MinConnectTimeout: time.Second}),
		//@ stage 7-8
		grpc.WithChainUnaryInterceptor(retry),
		//@ end
		//@ stage 9-9
		grpc.WithChainUnaryInterceptor(append([]grpc.UnaryClientInterceptor{retry}, attempt...)...),
		//@ end
	)
}
//@ end
//@ stage 10
// Connect prepares connections to the replicas of a neighbor ("host:port,host:port"), one to each. They need not be up yet. Calls go to those
// that are, in turn. The interceptors see each attempt of a call.
func Connect(addresses string, attempt ...grpc.UnaryClientInterceptor) (*grpc.ClientConn, error) {
	replicas := manual.NewBuilderWithScheme("replicas")
	var state resolver.State
	for _, address := range strings.Split(addresses, ",") {
		state.Endpoints = append(state.Endpoints, resolver.Endpoint{Addresses: []resolver.Address{{Addr: strings.TrimSpace(address)}}})
	}
	replicas.InitialState(state)
	return grpc.NewClient("replicas:///neighbor",
		grpc.WithResolvers(replicas),
		grpc.WithDefaultServiceConfig(`{ "loadBalancingConfig": [{ "round_robin": {} }] }`),
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithNoProxy(),
		// One that comes back is found again soon.
		grpc.WithConnectParams(grpc.ConnectParams{Backoff: backoff.Config{BaseDelay: 100 * time.Millisecond, Multiplier: 1.6, Jitter: 0.2, MaxDelay: time.Second}, MinConnectTimeout: time.Second}),
		//@ stage 10-11
		grpc.WithChainUnaryInterceptor(append([]grpc.UnaryClientInterceptor{retry}, attempt...)...),
		//@ end
		//@ stage 12
		grpc.WithChainUnaryInterceptor(append([]grpc.UnaryClientInterceptor{retry, passOnTrace}, attempt...)...),
		//@ end
	)
}
//@ end
