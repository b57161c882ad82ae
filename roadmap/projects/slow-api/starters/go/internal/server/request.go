package server

import (
	"encoding/json"
	"io"
	"math"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"

	"slow-api/internal/orders"
)

// requestError says that what a request asks for can't be had; code goes into the answer.
type requestError struct {
	status int
	code   string
}

func (e requestError) Error() string { return e.code }

var (
	wholeNumber = regexp.MustCompile(`^\d{1,9}$`)
	sku         = regexp.MustCompile(`^[A-Z0-9-]{1,20}$`)
	statuses    = []string{"open", "paid", "shipped", "cancelled"}
)

// number reads a whole number of at most nine digits.
func number(text string) (value int, ok bool) {
	if !wholeNumber.MatchString(text) {
		return 0, false
	}
	value, err := strconv.Atoi(text)
	return value, err == nil
}

// readLimit says how many are asked for. It fails with a requestError.
func readLimit(parameters url.Values, usual int) (int, error) {
	if !parameters.Has("limit") {
		return usual, nil
	}
	limit, ok := number(parameters.Get("limit"))
	if !ok || limit < 1 {
		return 0, requestError{http.StatusBadRequest, "invalid_limit"}
	}
	return limit, nil
}

// readPage fails with a requestError.
func readPage(parameters url.Values) (orders.Page, error) {
	limit, err := readLimit(parameters, 50)
	if err != nil {
		return orders.Page{}, err
	}
	page := orders.Page{Limit: limit, Sort: orders.Newest}
	if parameters.Has("after") {
		after, ok := number(parameters.Get("after"))
		if !ok {
			return orders.Page{}, requestError{http.StatusBadRequest, "invalid_after"}
		}
		page.After = &after
	}
	if parameters.Has("status") {
		page.Status = parameters.Get("status")
		if !slices.Contains(statuses, page.Status) {
			return orders.Page{}, requestError{http.StatusBadRequest, "invalid_status"}
		}
	}
	if parameters.Has("sort") {
		page.Sort = orders.Sort(parameters.Get("sort"))
		if page.Sort != orders.Newest && page.Sort != orders.Total {
			return orders.Page{}, requestError{http.StatusBadRequest, "invalid_sort"}
		}
	}
	return page, nil
}

// readOrder fails with a requestError when the body is no order.
func readOrder(r *http.Request) (orders.NewOrder, error) {
	text, err := io.ReadAll(r.Body)
	if err != nil {
		return orders.NewOrder{}, err
	}
	invalid := requestError{http.StatusBadRequest, "invalid_order"}
	// Into maps: for a struct's fields, the case of the names would not matter, and what is missing would be 0.
	var body any
	if err := json.Unmarshal(text, &body); err != nil {
		return orders.NewOrder{}, invalid
	}
	order, _ := body.(map[string]any)
	customer, ok := whole(order["customer_id"], 1, 999_999_999)
	items, _ := order["items"].([]any)
	if !ok || len(items) < 1 || len(items) > 20 {
		return orders.NewOrder{}, invalid
	}
	read := orders.NewOrder{CustomerID: int(customer)}
	for _, one := range items {
		item, _ := one.(map[string]any)
		name, isText := item["sku"].(string)
		qty, isQty := whole(item["qty"], 1, 100)
		price, isPrice := whole(item["price_cents"], 0, 1_000_000)
		if !isText || !sku.MatchString(name) || !isQty || !isPrice {
			return orders.NewOrder{}, invalid
		}
		read.Items = append(read.Items, orders.Item{SKU: name, Qty: int(qty), PriceCents: price})
	}
	return read, nil
}

func whole(value any, least, most float64) (int64, bool) {
	number, ok := value.(float64)
	if !ok || number != math.Trunc(number) || number < least || number > most {
		return 0, false
	}
	return int64(number), true
}
