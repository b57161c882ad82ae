//@ file 5
package store

import "container/heap"

// expiryHeap holds the entries that will expire, as a binary heap: the next one is always on top, and to add or remove one
// costs O(log n). Every entry knows its place, so that a key that gets another time, or goes, leaves nothing behind in here.
type expiryHeap []*Entry

// schedule gives an entry another time to live.
func (h *expiryHeap) schedule(entry *Entry, expiresAt int64) {
	entry.ExpiresAt = expiresAt
	switch waits := entry.place >= 0; {
	case waits && expiresAt == Never:
		heap.Remove(h, entry.place)
	case waits:
		heap.Fix(h, entry.place)
	case expiresAt != Never:
		heap.Push(h, entry)
	}
}

// The methods below are those that container/heap asks for.

func (h expiryHeap) Len() int           { return len(h) }
func (h expiryHeap) Less(i, j int) bool { return h[i].ExpiresAt < h[j].ExpiresAt }

func (h expiryHeap) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].place, h[j].place = i, j
}

func (h *expiryHeap) Push(entry any) {
	entry.(*Entry).place = len(*h)
	*h = append(*h, entry.(*Entry))
}

func (h *expiryHeap) Pop() any {
	last := len(*h) - 1
	entry := (*h)[last]
	// Else the array would keep a removed entry in memory.
	(*h)[last] = nil
	*h = (*h)[:last]
	entry.place = -1
	return entry
}
