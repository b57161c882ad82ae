//@ file 8
// Package pricing asks the pricing service.
package pricing

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"slow-api/internal/orders"
)

// most is how many connections to the pricing service there are at once.
const most = 4

// Client asks the pricing service over connections that it keeps.
type Client struct {
	url  string
	http http.Client
	//@ stage 12
	last *quotes
	//@ end
}

//@ stage 8-11
// New takes the address of the pricing service, which need not be up yet.
func New(url string) *Client {
	return &Client{url: url, http: http.Client{Transport: transport()}}
}
//@ end
//@ stage 12
// New takes the address of the pricing service, which need not be up yet. The timeout is for a whole call: the waiting for a free
// connection, too.
func New(url string, timeout time.Duration) *Client {
	return &Client{url: url, http: http.Client{Transport: transport(), Timeout: timeout}, last: newQuotes()}
}
//@ end

// transport sends small writes at once (TCP_NODELAY is Go's default), head and body in one.
func transport() *http.Transport {
	return &http.Transport{MaxConnsPerHost: most, MaxIdleConnsPerHost: most, IdleConnTimeout: time.Minute}
}

type question struct {
	OrderID int    `json:"order_id"`
	Items   []item `json:"items"`
}

type item struct {
	SKU string `json:"sku"`
	Qty int    `json:"qty"`
}

// Quote says what an order costs today, in cents. It fails when the pricing service does not answer as it should.
func (c *Client) Quote(ctx context.Context, orderID int, items []orders.Item) (int64, error) {
	asked := question{OrderID: orderID, Items: make([]item, len(items))}
	for index, one := range items {
		asked.Items[index] = item{SKU: one.SKU, Qty: one.Qty}
	}
	body, err := json.Marshal(asked)
	if err != nil {
		return 0, err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, c.url+"/quotes", bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := c.http.Do(request)
	if err != nil {
		return 0, err
	}
	defer response.Body.Close()
	// To its end, or the connection can't be used again.
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return 0, err
	}
	if response.StatusCode != http.StatusOK {
		return 0, fmt.Errorf("the pricing service answered %s", response.Status)
	}
	var quote struct {
		TotalCents *int64 `json:"total_cents"`
	}
	if err := json.Unmarshal(text, &quote); err != nil {
		return 0, fmt.Errorf("the pricing service answered with other than JSON: %w", err)
	}
	if quote.TotalCents == nil {
		return 0, errors.New("the pricing service answered without total_cents")
	}
	//@ stage 12
	c.last.keep(orderID, *quote.TotalCents)
	//@ end
	return *quote.TotalCents, nil
}
//@ stage 12

// LastQuote is what the pricing service said when it was last asked for an order, in cents, while that is known.
func (c *Client) LastQuote(orderID int) (cents int64, known bool) {
	return c.last.of(orderID)
}
//@ end
