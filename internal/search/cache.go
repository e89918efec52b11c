package search

import (
	linked "container/list"
	"sync"
)

// cache keeps what was used last, up to a number of bytes. Values are shared:
// nobody changes them.
type cache[K comparable, V any] struct {
	mu    sync.Mutex
	bytes int
	limit int
	size  func(K, V) int
	order *linked.List // of *cached, the last used in front
	items map[K]*linked.Element
}

type cached[K comparable, V any] struct {
	key   K
	value V
	bytes int
}

// newCache makes a cache; size is what key and value take in memory.
func newCache[K comparable, V any](limit int, size func(K, V) int) *cache[K, V] {
	return &cache[K, V]{limit: limit, size: size, order: linked.New(), items: map[K]*linked.Element{}}
}

func (c *cache[K, V]) get(k K) (v V, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.items[k]
	if !ok {
		return v, false
	}
	c.order.MoveToFront(e)
	return e.Value.(*cached[K, V]).value, true
}

// put keeps a value, unless it is larger than the whole cache may be.
func (c *cache[K, V]) put(k K, v V) {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := c.size(k, v)
	if _, ok := c.items[k]; ok || n > c.limit {
		return
	}
	c.bytes += n
	c.items[k] = c.order.PushFront(&cached[K, V]{k, v, n})
	for c.bytes > c.limit {
		last := c.order.Back()
		old := c.order.Remove(last).(*cached[K, V])
		delete(c.items, old.key)
		c.bytes -= old.bytes
	}
}
