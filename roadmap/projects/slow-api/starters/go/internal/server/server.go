// Package server answers requests over HTTP.
package server

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"regexp"
	"strconv"
	"sync"

	"github.com/jackc/pgx/v5"

	"slow-api/internal/database"
	"slow-api/internal/orders"
	"slow-api/internal/pricing"
	"slow-api/internal/report"
)

// answer is what a request is answered with; body becomes JSON.
type answer struct {
	status int
	body   any
}

// The bodies that no other package has.
type (
	errorBody struct {
		Error string `json:"error"`
	}
	healthBody struct {
		Status string `json:"status"`
	}
	topBody struct {
		Top []orders.Product `json:"top"`
	}
	quotedBody struct {
		orders.Order
		QuoteCents  int64  `json:"quote_cents"`
		PriceSource string `json:"price_source"`
	}
)

var byID = regexp.MustCompile(`^/(orders|customers)/(\d+)(/orders)?$`)

// Serve answers until ctx ends.
func Serve(ctx context.Context, settings Settings) error {
	server := http.Server{Addr: net.JoinHostPort(settings.Host, settings.Port), Handler: &api{settings: settings}}
	context.AfterFunc(ctx, func() { _ = server.Close() })
	if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

type api struct {
	settings Settings
	mutex    sync.Mutex
	// served is how many of the requests that are counted were answered. Not safe to change by two at once: mutex guards it.
	served int
}

func (a *api) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	answer, err := a.route(r)
	if err != nil {
		answer = failed(r, err)
	}
	send(w, answer)
}

func (a *api) route(r *http.Request) (answer, error) {
	ctx, parameters := r.Context(), r.URL.Query()
	switch r.Method + " " + r.URL.EscapedPath() {
	case "GET /healthz":
		return a.counted(func() (any, error) { return healthBody{"ok"}, nil })
	case "GET /orders":
		page, err := readPage(parameters)
		if err != nil {
			return answer{}, err
		}
		return a.counted(func() (any, error) {
			return database.With(ctx, a.settings.DatabaseURL, func(conn *pgx.Conn) (orders.List, error) { return orders.ListOrders(ctx, conn, page) })
		})
	case "GET /report":
		return a.counted(func() (any, error) {
			statuses, err := database.With(ctx, a.settings.DatabaseURL, func(conn *pgx.Conn) ([]orders.StatusLine, error) { return orders.OrdersByStatus(ctx, conn) })
			if err != nil {
				return nil, err
			}
			return report.Make(statuses), nil
		})
	case "POST /orders":
		order, err := readOrder(r)
		if err != nil {
			return answer{}, err
		}
		added, err := database.With(ctx, a.settings.DatabaseURL, func(conn *pgx.Conn) (orders.Order, error) { return orders.AddOrder(ctx, conn, order) })
		return answer{http.StatusCreated, added}, err
	case "GET /customers":
		email := parameters.Get("email")
		if email == "" {
			return answer{}, requestError{http.StatusBadRequest, "invalid_email"}
		}
		customer, err := database.With(ctx, a.settings.DatabaseURL, func(conn *pgx.Conn) (orders.Contact, error) { return orders.FindCustomer(ctx, conn, email) })
		return answer{http.StatusOK, customer}, err
	case "GET /top":
		limit, err := readLimit(parameters, 10)
		if err != nil {
			return answer{}, err
		}
		ranking := orders.Ranking{Limit: limit, City: parameters.Get("city"), Revenue: r.Header.Get("Authorization") == "Bearer staff"}
		top, err := database.With(ctx, a.settings.DatabaseURL, func(conn *pgx.Conn) ([]orders.Product, error) { return orders.TopProducts(ctx, conn, ranking) })
		return answer{http.StatusOK, topBody{top}}, err
	}
	if match := byID.FindStringSubmatch(r.URL.EscapedPath()); r.Method == http.MethodGet && match != nil {
		if id, ok := number(match[2]); ok {
			switch match[1] + match[3] {
			case "orders":
				return a.quotedOrder(ctx, id)
			case "customers/orders":
				customer, err := database.With(ctx, a.settings.DatabaseURL, func(conn *pgx.Conn) (orders.CustomerOrders, error) { return orders.OrdersOfCustomer(ctx, conn, id) })
				return answer{http.StatusOK, customer}, err
			}
		}
	}
	return answer{}, requestError{http.StatusNotFound, "not_found"}
}

func (a *api) quotedOrder(ctx context.Context, id int) (answer, error) {
	order, err := database.With(ctx, a.settings.DatabaseURL, func(conn *pgx.Conn) (orders.Order, error) { return orders.FindOrder(ctx, conn, id) })
	if err != nil {
		return answer{}, err
	}
	cents, err := pricing.Quote(a.settings.PricingURL, id, order.Items)
	if err != nil {
		slog.Error("no quote", "order", id, "reason", err)
		return answer{}, requestError{http.StatusBadGateway, "pricing_unavailable"}
	}
	return answer{http.StatusOK, quotedBody{Order: order, QuoteCents: cents, PriceSource: "live"}}, nil
}

// counted runs what is counted, one at a time, as the count is shared.
func (a *api) counted(task func() (any, error)) (answer, error) {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	body, err := task()
	if err != nil {
		return answer{}, err
	}
	a.served++
	return answer{http.StatusOK, body}, nil
}

// failed turns an error into an answer.
func failed(r *http.Request, err error) answer {
	var refused requestError
	switch {
	case errors.As(err, &refused):
		return answer{refused.status, errorBody{refused.code}}
	case errors.Is(err, orders.ErrNotFound):
		return answer{http.StatusNotFound, errorBody{"not_found"}}
	case errors.Is(err, orders.ErrUnknownCustomer):
		return answer{http.StatusNotFound, errorBody{"unknown_customer"}}
	}
	slog.Error("a request failed", "request", r.Method+" "+r.URL.Path, "reason", err)
	return answer{http.StatusInternalServerError, errorBody{"internal"}}
}

func send(w http.ResponseWriter, answer answer) {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	// All bodies are plain data: they become JSON.
	_ = encoder.Encode(answer.body)
	body := bytes.TrimSuffix(text.Bytes(), []byte("\n"))
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(answer.status)
	// Whoever does not read to the end is told nothing.
	_, _ = w.Write(body)
}
