//@ file 11
// Package cache keeps what was expensive to load.
package cache

import (
	"container/list"
	"context"
	"errors"
	"sync"
	"time"
)

// Cache keeps what was loaded for a while, in bounded memory. Whoever asks for what is being loaded waits for the same load.
type Cache[K comparable, V any] struct {
	ttl     time.Duration
	most    int
	mutex   sync.Mutex
	entries map[K]*list.Element
	// used begins with the entry that was used longest ago.
	used *list.List
}

type entry[K comparable, V any] struct {
	key K
	// loaded is closed when value and err are there.
	loaded chan struct{}
	value  V
	err    error
	// until is zero while the entry is being loaded.
	until time.Time
}

// New makes an empty cache for at most that many entries, each of which is fresh for ttl.
func New[K comparable, V any](ttl time.Duration, most int) *Cache[K, V] {
	return &Cache[K, V]{ttl: ttl, most: most, entries: map[K]*list.Element{}, used: list.New()}
}

// Get gives what is kept for a key, or else loads it. Errors are not kept. What is being loaded does not end with ctx: others may wait for it.
func (c *Cache[K, V]) Get(ctx context.Context, key K, load func(context.Context) (V, error)) (V, error) {
	found, isNew := c.find(key)
	if isNew {
		c.fill(found, func() (V, error) { return load(context.WithoutCancel(ctx)) })
	}
	select {
	case <-found.loaded:
		return found.value, found.err
	case <-ctx.Done():
		var none V
		return none, ctx.Err()
	}
}

// Clear forgets everything, also what is being loaded: it may have been read before the change.
func (c *Cache[K, V]) Clear() {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	clear(c.entries)
	c.used.Init()
}

// find gives the entry of a key: a fresh one, one that is being loaded, or a new one, which the caller has to fill.
func (c *Cache[K, V]) find(key K) (found *entry[K, V], isNew bool) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if element, ok := c.entries[key]; ok {
		kept := element.Value.(*entry[K, V])
		if kept.until.IsZero() || time.Now().Before(kept.until) {
			c.used.MoveToBack(element)
			return kept, false
		}
		c.remove(element)
	}
	added := &entry[K, V]{key: key, loaded: make(chan struct{})}
	c.entries[key] = c.used.PushBack(added)
	if c.used.Len() > c.most {
		c.remove(c.used.Front())
	}
	return added, true
}

var errNotLoaded = errors.New("the load did not come to its end")

func (c *Cache[K, V]) fill(added *entry[K, V], load func() (V, error)) {
	// What those who wait are told when load panics.
	added.err = errNotLoaded
	defer c.settle(added)
	added.value, added.err = load()
}

func (c *Cache[K, V]) settle(added *entry[K, V]) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	added.until = time.Now().Add(c.ttl)
	// It may have been forgotten meanwhile, and another one be in its place.
	if element, ok := c.entries[added.key]; ok && element.Value == added && added.err != nil {
		c.remove(element)
	}
	close(added.loaded)
}

func (c *Cache[K, V]) remove(element *list.Element) {
	delete(c.entries, element.Value.(*entry[K, V]).key)
	c.used.Remove(element)
}
