// Package server answers requests over HTTP.
package server

import (
	//@ stage 1-9
	"bytes"
	//@ end
	"context"
	//@ stage 1-9
	"encoding/json"
	//@ end
	"errors"
	"log/slog"
	"net"
	"net/http"
	"regexp"
	//@ stage 1-9
	"strconv"
	//@ end
	//@ stage 1-8
	"sync"
	//@ end
	//@ stage 9
	"sync/atomic"
	//@ end

	"github.com/jackc/pgx/v5"

	//@ stage 11
	"slow-api/internal/cache"
	//@ end
	"slow-api/internal/database"
	"slow-api/internal/orders"
	"slow-api/internal/pricing"
	"slow-api/internal/report"
	"slow-api/internal/timing"
)

//@ stage 1-9
// answer is what a request is answered with; body becomes JSON.
type answer struct {
	status int
	body   any
}

//@ end
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
	api, err := newAPI(settings)
	if err != nil {
		return err
	}
	server := http.Server{Addr: net.JoinHostPort(settings.Host, settings.Port), Handler: api}
	context.AfterFunc(ctx, func() { _ = server.Close() })
	if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

type api struct {
	settings Settings
	database *database.Database
	//@ stage 8
	pricing  *pricing.Client
	//@ end
	//@ stage 11
	rankings *cache.Cache[orders.Ranking, []orders.Product]
	//@ end
	//@ stage 1-8
	mutex    sync.Mutex
	// served is how many of the requests that are counted were answered. Not safe to change by two at once: mutex guards it.
	served int
	//@ end
	//@ stage 9
	// served is how many of the requests that are counted were answered.
	served atomic.Int64
	//@ end
	//@ stage 12
	// inFlight is how many requests are under way.
	inFlight atomic.Int64
	//@ end
}

// newAPI fails when the settings name no database.
func newAPI(settings Settings) (*api, error) {
	database, err := database.Open(settings.DatabaseURL)
	if err != nil {
		return nil, err
	}
	//@ stage 1-7
	return &api{settings: settings, database: database}, nil
	//@ end
	//@ stage 8-10
	return &api{settings: settings, database: database, pricing: pricing.New(settings.PricingURL)}, nil
	//@ end
	//@ stage 11
	return &api{
		settings: settings,
		database: database,
		//@ stage 11-11
		pricing:  pricing.New(settings.PricingURL),
		//@ end
		//@ stage 12
		pricing:  pricing.New(settings.PricingURL, settings.PricingTimeout),
		//@ end
		rankings: cache.New[orders.Ranking, []orders.Product](settings.CacheTTL, settings.CacheMaxEntries),
	}, nil
	//@ end
}

func (a *api) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	ctx, times := timing.Start(r.Context())
	r = r.WithContext(ctx)
	//@ stage 12
	// Whoever watches over the program must not take a busy one for a dead one.
	if r.URL.Path != "/healthz" {
		defer a.inFlight.Add(-1)
		if a.inFlight.Add(1) > int64(a.settings.MaxInFlight) {
			w.Header().Set("Retry-After", "1")
			send(w, r, answer{http.StatusServiceUnavailable, errorBody{"overloaded"}}, times)
			return
		}
	}
	//@ end
	answer, err := a.route(r)
	if err != nil {
		answer = failed(r, err)
	}
	//@ stage 1-9
	send(w, answer, times)
	//@ end
	//@ stage 10
	send(w, r, answer, times)
	//@ end
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
			return database.With(ctx, a.database, func(conn *pgx.Conn) (orders.List, error) { return orders.ListOrders(ctx, conn, page) })
		})
	case "GET /report":
		return a.counted(func() (any, error) {
			statuses, err := database.With(ctx, a.database, func(conn *pgx.Conn) ([]orders.StatusLine, error) { return orders.OrdersByStatus(ctx, conn) })
			if err != nil {
				return nil, err
			}
			//@ stage 1-8
			return report.Make(statuses), nil
			//@ end
			//@ stage 9
			return report.Make(ctx, statuses)
			//@ end
		})
	case "POST /orders":
		order, err := readOrder(r)
		if err != nil {
			return answer{}, err
		}
		added, err := database.With(ctx, a.database, func(conn *pgx.Conn) (orders.Order, error) { return orders.AddOrder(ctx, conn, order) })
		//@ stage 11
		// After an error, too: the order may be stored although its confirmation was lost.
		a.rankings.Clear()
		//@ end
		return answer{http.StatusCreated, added}, err
	case "GET /customers":
		email := parameters.Get("email")
		if email == "" {
			return answer{}, requestError{http.StatusBadRequest, "invalid_email"}
		}
		customer, err := database.With(ctx, a.database, func(conn *pgx.Conn) (orders.Contact, error) { return orders.FindCustomer(ctx, conn, email) })
		return answer{http.StatusOK, customer}, err
	case "GET /top":
		limit, err := readLimit(parameters, 10)
		if err != nil {
			return answer{}, err
		}
		ranking := orders.Ranking{Limit: limit, City: parameters.Get("city"), Revenue: r.Header.Get("Authorization") == "Bearer staff"}
		//@ stage 1-10
		top, err := database.With(ctx, a.database, func(conn *pgx.Conn) ([]orders.Product, error) { return orders.TopProducts(ctx, conn, ranking) })
		//@ end
		//@ stage 11
		top, err := a.rankings.Get(ctx, ranking, func(ctx context.Context) ([]orders.Product, error) {
			return database.With(ctx, a.database, func(conn *pgx.Conn) ([]orders.Product, error) { return orders.TopProducts(ctx, conn, ranking) })
		})
		//@ end
		return answer{http.StatusOK, topBody{top}}, err
	}
	if match := byID.FindStringSubmatch(r.URL.EscapedPath()); r.Method == http.MethodGet && match != nil {
		if id, ok := number(match[2]); ok {
			switch match[1] + match[3] {
			case "orders":
				return a.quotedOrder(ctx, id)
			case "customers/orders":
				customer, err := database.With(ctx, a.database, func(conn *pgx.Conn) (orders.CustomerOrders, error) { return orders.OrdersOfCustomer(ctx, conn, id) })
				return answer{http.StatusOK, customer}, err
			}
		}
	}
	return answer{}, requestError{http.StatusNotFound, "not_found"}
}

func (a *api) quotedOrder(ctx context.Context, id int) (answer, error) {
	order, err := database.With(ctx, a.database, func(conn *pgx.Conn) (orders.Order, error) { return orders.FindOrder(ctx, conn, id) })
	if err != nil {
		return answer{}, err
	}
	//@ stage 1-7
	cents, err := pricing.Quote(a.settings.PricingURL, id, order.Items)
	//@ end
	//@ stage 8
	cents, err := a.pricing.Quote(ctx, id, order.Items)
	//@ end
	if err != nil {
		slog.Error("no quote", "order", id, "reason", err)
		//@ stage 1-11
		return answer{}, requestError{http.StatusBadGateway, "pricing_unavailable"}
		//@ end
		//@ stage 12
		known, ok := a.pricing.LastQuote(id)
		if !ok {
			known = order.TotalCents
		}
		return answer{http.StatusOK, quotedBody{Order: order, QuoteCents: known, PriceSource: "cached"}}, nil
		//@ end
	}
	return answer{http.StatusOK, quotedBody{Order: order, QuoteCents: cents, PriceSource: "live"}}, nil
}

//@ stage 1-8
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
//@ end
//@ stage 9
// counted runs what is counted.
func (a *api) counted(task func() (any, error)) (answer, error) {
	body, err := task()
	if err != nil {
		return answer{}, err
	}
	a.served.Add(1)
	return answer{http.StatusOK, body}, nil
}
//@ end

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
//@ stage 1-9

func send(w http.ResponseWriter, answer answer, times *timing.Timing) {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	// All bodies are plain data: they become JSON.
	_ = encoder.Encode(answer.body)
	body := bytes.TrimSuffix(text.Bytes(), []byte("\n"))
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.Header().Set("Server-Timing", times.Header())
	w.WriteHeader(answer.status)
	// Whoever does not read to the end is told nothing.
	_, _ = w.Write(body)
}
//@ end
