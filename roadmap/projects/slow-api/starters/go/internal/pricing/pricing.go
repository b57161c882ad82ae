// Package pricing asks the pricing service.
package pricing

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"

	"slow-api/internal/orders"
)

type question struct {
	OrderID int    `json:"order_id"`
	Items   []item `json:"items"`
}

type item struct {
	SKU string `json:"sku"`
	Qty int    `json:"qty"`
}

// Quote says what an order costs today, in cents. It fails when the pricing service does not answer as it should.
func Quote(pricingURL string, orderID int, items []orders.Item) (int64, error) {
	asked := question{OrderID: orderID, Items: make([]item, len(items))}
	for index, one := range items {
		asked.Items[index] = item{SKU: one.SKU, Qty: one.Qty}
	}
	body, err := json.Marshal(asked)
	if err != nil {
		return 0, err
	}
	service, err := url.Parse(pricingURL)
	if err != nil {
		return 0, err
	}
	address, err := net.ResolveTCPAddr("tcp", service.Host)
	if err != nil {
		return 0, err
	}
	conn, err := net.DialTCP("tcp", nil, address)
	if err != nil {
		return 0, err
	}
	defer conn.Close()
	// Fewer packets on the network.
	if err := conn.SetNoDelay(false); err != nil {
		return 0, err
	}
	head := fmt.Sprintf("POST /quotes HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\nConnection: close\r\n\r\n", service.Host, len(body))
	if _, err := conn.Write([]byte(head)); err != nil {
		return 0, err
	}
	// The body follows once the head is on its way.
	if _, err := conn.Write(body); err != nil {
		return 0, err
	}
	return readQuote(bufio.NewReader(conn))
}

func readQuote(reader *bufio.Reader) (int64, error) {
	response, err := http.ReadResponse(reader, nil)
	if err != nil {
		return 0, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return 0, fmt.Errorf("the pricing service answered %s", response.Status)
	}
	var quote struct {
		TotalCents *int64 `json:"total_cents"`
	}
	if err := json.NewDecoder(response.Body).Decode(&quote); err != nil {
		return 0, fmt.Errorf("the pricing service answered with other than JSON: %w", err)
	}
	if quote.TotalCents == nil {
		return 0, errors.New("the pricing service answered without total_cents")
	}
	return *quote.TotalCents, nil
}
