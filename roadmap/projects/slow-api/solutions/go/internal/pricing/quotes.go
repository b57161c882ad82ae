//@ file 12
package pricing

import (
	"container/list"
	"sync"
)

// mostQuotes bounds the memory for quotes.
const mostQuotes = 10_000

// quotes are the last ones of the orders that were asked for last.
type quotes struct {
	mutex   sync.Mutex
	byOrder map[int]*list.Element
	// order begins with the one that was kept longest ago.
	order *list.List
}

type quote struct {
	orderID int
	cents   int64
}

func newQuotes() *quotes {
	return &quotes{byOrder: map[int]*list.Element{}, order: list.New()}
}

func (q *quotes) keep(orderID int, cents int64) {
	q.mutex.Lock()
	defer q.mutex.Unlock()
	if known, ok := q.byOrder[orderID]; ok {
		q.order.Remove(known)
	}
	q.byOrder[orderID] = q.order.PushBack(quote{orderID, cents})
	if q.order.Len() > mostQuotes {
		oldest := q.order.Remove(q.order.Front()).(quote)
		delete(q.byOrder, oldest.orderID)
	}
}

func (q *quotes) of(orderID int) (cents int64, known bool) {
	q.mutex.Lock()
	defer q.mutex.Unlock()
	element, known := q.byOrder[orderID]
	if !known {
		return 0, false
	}
	return element.Value.(quote).cents, true
}
