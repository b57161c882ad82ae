package server

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"strings"
	"testing"

	"slow-api/internal/orders"
)

func TestReadsWhichOrdersAreWanted(t *testing.T) {
	after := 17
	for query, want := range map[string]orders.Page{
		"":                                   {Limit: 50, Sort: orders.Newest},
		"limit=2&limit=zwei&more=1":          {Limit: 2, Sort: orders.Newest},
		"after=17&status=shipped&sort=total": {Limit: 50, After: &after, Status: "shipped", Sort: orders.Total},
	} {
		if page, err := readPage(values(t, query)); err != nil || !reflect.DeepEqual(page, want) {
			t.Errorf("%q: got %+v, %v; want %+v", query, page, err, want)
		}
	}
	for query, want := range map[string]string{
		"limit=0": "invalid_limit", "limit=": "invalid_limit", "limit=1234567890": "invalid_limit",
		"after=x": "invalid_after", "status=lost": "invalid_status", "sort=": "invalid_sort", "sort=up&after=x": "invalid_after",
	} {
		page, err := readPage(values(t, query))
		var refused requestError
		if !errors.As(err, &refused) || refused.code != want {
			t.Errorf("%q: got %+v, %v; want %s", query, page, err, want)
		}
	}
}

func TestReadsAnOrderAndRefusesWhatIsNone(t *testing.T) {
	want := orders.NewOrder{CustomerID: 7, Items: []orders.Item{{SKU: "A-1", Qty: 100, PriceCents: 0}}}
	order, err := readOrder(posted(`{"customer_id":7,"items":[{"sku":"A-1","qty":100,"price_cents":0}],"note":"more"}`))
	if err != nil || !reflect.DeepEqual(order, want) {
		t.Errorf("got %+v, %v; want %+v", order, err, want)
	}
	for _, body := range []string{
		"", "null", "[]", `{"customer_id":7,"items":[]}`, `{"customer_id":7,"items":[null]}`,
		`{"customer_id":"7","items":[{"sku":"A","qty":1,"price_cents":1}]}`, `{"Customer_ID":7,"items":[{"sku":"A","qty":1,"price_cents":1}]}`,
		`{"customer_id":7,"items":[{"sku":"A","qty":1.5,"price_cents":1}]}`, `{"customer_id":7,"items":[{"sku":"A","qty":1}]}`,
	} {
		order, err := readOrder(posted(body))
		var refused requestError
		if !errors.As(err, &refused) || refused.code != "invalid_order" {
			t.Errorf("%s: got %+v, %v; want invalid_order", body, order, err)
		}
	}
}

func values(t *testing.T, query string) url.Values {
	t.Helper()
	read, err := url.ParseQuery(query)
	if err != nil {
		t.Fatal(err)
	}
	return read
}

func posted(body string) *http.Request {
	return httptest.NewRequest(http.MethodPost, "/orders", strings.NewReader(body))
}
