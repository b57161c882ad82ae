//@ file 11
// Package gateway offers the shop as JSON over HTTP.
package gateway

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	//@ stage 13
	"sync/atomic"
	//@ end
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"

	"shop/gen/shopv1"
	"shop/internal/shared"
)

const (
	patience = 2 * time.Second
	mostBody = 1 << 20
)

// Serve answers until ctx ends.
func Serve(ctx context.Context, settings shared.Settings) error {
	tokens, err := newTokens(shared.Env("JWT_JWKS", noKeys), shared.Env("JWT_ISSUER", ""), shared.Env("JWT_AUDIENCE", ""))
	if err != nil {
		return err
	}
	catalog, err := shared.Connect(shared.Env("CATALOG_ADDR", "127.0.0.1:50051"))
	if err != nil {
		return err
	}
	defer catalog.Close()
	orders, err := shared.Connect(shared.Env("ORDERS_ADDR", "127.0.0.1:50053"))
	if err != nil {
		return err
	}
	defer orders.Close()
	g := newGateway(tokens, catalog, orders)
	listener, err := net.Listen("tcp", net.JoinHostPort(settings.Host, settings.Port))
	if err != nil {
		return err
	}
	//@ stage 11-11
	server := &http.Server{Handler: g, ReadHeaderTimeout: 10 * time.Second}
	//@ end
	//@ stage 12
	server := &http.Server{Handler: observe(g), ReadHeaderTimeout: 10 * time.Second}
	//@ end
	//@ stage 11-12
	context.AfterFunc(ctx, func() { _ = server.Close() })
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
	//@ end
	//@ stage 13
	ended := make(chan struct{})
	context.AfterFunc(ctx, func() {
		defer close(ended)
		g.stopping.Store(true)
		limited, cancel := context.WithTimeout(context.Background(), settings.Grace)
		defer cancel()
		if server.Shutdown(limited) != nil {
			_ = server.Close()
		}
	})
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	<-ended
	return nil
	//@ end
}

type gateway struct {
	tokens  *tokens
	catalog shopv1.CatalogClient
	orders  shopv1.OrdersClient
	//@ stage 13
	// stopping is what /healthz says.
	stopping atomic.Bool
	//@ end
}

func newGateway(tokens *tokens, catalog, orders *grpc.ClientConn) *gateway {
	return &gateway{tokens: tokens, catalog: shopv1.NewCatalogClient(catalog), orders: shopv1.NewOrdersClient(orders)}
}

// ServeHTTP finds who answers. Paths that are known are told from those that are not: 405 says what else can be done with them.
func (g *gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), patience)
	defer cancel()
	r = r.WithContext(ctx)
	kind, id := route(r.URL)
	var err error
	switch {
	case kind == "healthz" && isMethod(w, r, http.MethodGet):
		err = g.health(w)
	case kind == "product" && isMethod(w, r, http.MethodGet):
		err = g.product(w, r, id)
	case kind == "orders" && isMethod(w, r, http.MethodPost):
		err = g.createOrder(w, r)
	case kind == "order" && isMethod(w, r, http.MethodGet):
		err = g.order(w, r, id)
	case kind == "":
		err = failure{http.StatusNotFound, "NOT_FOUND", "there is nothing at this path"}
	default:
		err = failure{http.StatusMethodNotAllowed, "METHOD_NOT_ALLOWED", "the Allow header says which methods this path has"}
	}
	if err != nil {
		fail(w, err)
	}
}

// route gives the kind of thing that a path names, empty if none, and its id.
func route(u *url.URL) (kind, id string) {
	parts := strings.Split(strings.TrimPrefix(u.EscapedPath(), "/"), "/")
	if len(parts) == 2 {
		id, _ = url.PathUnescape(parts[1])
	}
	switch {
	case len(parts) == 1 && parts[0] == "healthz":
		return "healthz", ""
	case len(parts) == 1 && parts[0] == "orders":
		return "orders", ""
	case len(parts) == 2 && parts[0] == "products" && id != "":
		return "product", id
	case len(parts) == 2 && parts[0] == "orders" && id != "":
		return "order", id
	default:
		return "", ""
	}
}

func isMethod(w http.ResponseWriter, r *http.Request, method string) bool {
	if r.Method == method {
		return true
	}
	w.Header().Set("Allow", method)
	return false
}

func (g *gateway) health(w http.ResponseWriter) error {
	//@ stage 13
	if g.stopping.Load() {
		return failure{http.StatusServiceUnavailable, "UNAVAILABLE", "the gateway stops"}
	}
	//@ end
	return answer(w, http.StatusOK, map[string]string{"status": "SERVING"})
}

type productBody struct {
	ID          string `json:"id"`
	Name        string `json:"name"`
	Description string `json:"description"`
	PriceCents  int64  `json:"priceCents"`
}

func (g *gateway) product(w http.ResponseWriter, r *http.Request, id string) error {
	product, err := g.catalog.GetProduct(r.Context(), &shopv1.GetProductRequest{Id: id})
	if err != nil {
		return err
	}
	return answer(w, http.StatusOK, productBody{product.GetId(), product.GetName(), product.GetDescription(), product.GetPriceCents()})
}

type orderBody struct {
	ID         string     `json:"id"`
	CustomerID string     `json:"customerId"`
	Status     string     `json:"status"`
	TotalCents int64      `json:"totalCents"`
	Items      []itemBody `json:"items"`
}

type itemBody struct {
	ProductID      string `json:"productId"`
	Quantity       int32  `json:"quantity"`
	UnitPriceCents int64  `json:"unitPriceCents"`
}

func bodyOf(order *shopv1.Order) orderBody {
	items := make([]itemBody, len(order.GetItems()))
	for n, i := range order.GetItems() {
		items[n] = itemBody{i.GetProductId(), i.GetQuantity(), i.GetUnitPriceCents()}
	}
	return orderBody{order.GetId(), order.GetCustomerId(), strings.TrimPrefix(order.GetStatus().String(), "ORDER_STATUS_"), order.GetTotalCents(), items}
}

func (g *gateway) createOrder(w http.ResponseWriter, r *http.Request) error {
	customer, err := g.tokens.check(r, "orders:write")
	if err != nil {
		return err
	}
	key := r.Header.Get("Idempotency-Key")
	if key == "" {
		return failure{http.StatusBadRequest, "INVALID_ARGUMENT", "the header Idempotency-Key is missing"}
	}
	var body struct {
		Items []struct {
			ProductID string `json:"productId"`
			Quantity  int32  `json:"quantity"`
		} `json:"items"`
	}
	if err := readBody(w, r, &body); err != nil {
		return err
	}
	ctx := as(r.Context(), customer)
	request := &shopv1.CreateOrderRequest{IdempotencyKey: key, CustomerId: customer}
	for _, i := range body.Items {
		// What it costs is the shop's word, never the customer's.
		product, err := g.catalog.GetProduct(ctx, &shopv1.GetProductRequest{Id: i.ProductID})
		if err != nil {
			return err
		}
		request.Items = append(request.Items, &shopv1.Item{ProductId: i.ProductID, Quantity: i.Quantity, UnitPriceCents: product.GetPriceCents()})
	}
	order, err := g.orders.CreateOrder(ctx, request)
	if err != nil {
		return err
	}
	w.Header().Set("Location", "/orders/"+url.PathEscape(order.GetId()))
	return answer(w, http.StatusCreated, bodyOf(order))
}

func (g *gateway) order(w http.ResponseWriter, r *http.Request, id string) error {
	customer, err := g.tokens.check(r, "orders:read")
	if err != nil {
		return err
	}
	order, err := g.orders.GetOrder(as(r.Context(), customer), &shopv1.GetOrderRequest{Id: id})
	if err != nil {
		return err
	}
	if order.GetCustomerId() != customer {
		// Not 403: that would say that there is such an order.
		return failure{http.StatusNotFound, "NOT_FOUND", "there is no such order"}
	}
	return answer(w, http.StatusOK, bodyOf(order))
}

// as tells neighbors who the user is. The token stays here.
func as(ctx context.Context, user string) context.Context {
	return metadata.AppendToOutgoingContext(ctx, "x-user-id", user)
}

func readBody(w http.ResponseWriter, r *http.Request, into any) error {
	tooLarge := failure{http.StatusRequestEntityTooLarge, "RESOURCE_EXHAUSTED", "the body is above 1 MiB"}
	if r.ContentLength > mostBody {
		return tooLarge
	}
	text, err := io.ReadAll(http.MaxBytesReader(w, r.Body, mostBody))
	if limit := (*http.MaxBytesError)(nil); errors.As(err, &limit) {
		return tooLarge
	}
	if err != nil {
		return failure{http.StatusBadRequest, "INVALID_ARGUMENT", "the body did not arrive in full"}
	}
	if err := json.Unmarshal(text, into); err != nil {
		return failure{http.StatusBadRequest, "INVALID_ARGUMENT", "the body is not the JSON that is expected: " + err.Error()}
	}
	return nil
}

func answer(w http.ResponseWriter, code int, body any) error {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	// A client that is gone reads no answer.
	_ = json.NewEncoder(w).Encode(body)
	return nil
}
