package httpkit

import (
	"container/list"
	"sync"
)

// cache holds entries up to a number of bytes and drops those that were not
// asked for the longest.
type cache struct {
	mu    sync.Mutex
	limit int
	bytes int
	items map[string]*list.Element // of *item
	order *list.List               // most lately used first
}

type item struct {
	key   string
	entry *entry
	bytes int
}

func newCache(limit int64) *cache {
	return &cache{limit: int(limit), items: map[string]*list.Element{}, order: list.New()}
}

// get gives the entry of key, nil where there is none.
func (c *cache) get(key string) *entry {
	c.mu.Lock()
	defer c.mu.Unlock()
	el := c.items[key]
	if el == nil {
		return nil
	}
	c.order.MoveToFront(el)
	return el.Value.(*item).entry
}

// put stores e under key. What would take an eighth of the cache is not kept:
// one page must not push out a hundred.
func (c *cache) put(key string, e *entry) {
	size := e.size() + 2*len(key)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.drop(key)
	if size > c.limit/8 {
		return
	}
	e.grow = func(n int) { c.grow(key, e, n) }
	c.items[key] = c.order.PushFront(&item{key, e, size})
	c.bytes += size
	c.evict()
}

// grow counts n more bytes for e where it is still kept.
func (c *cache) grow(key string, e *entry, n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if el := c.items[key]; el != nil && el.Value.(*item).entry == e {
		el.Value.(*item).bytes += n
		c.bytes += n
		c.evict()
	}
}

func (c *cache) remove(key string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.drop(key)
}

// usage gives the number of entries and their bytes.
func (c *cache) usage() (entries, bytes int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.order.Len(), c.bytes
}

func (c *cache) drop(key string) {
	if el := c.items[key]; el != nil {
		c.bytes -= el.Value.(*item).bytes
		c.order.Remove(el)
		delete(c.items, key)
	}
}

func (c *cache) evict() {
	for c.bytes > c.limit && c.order.Len() > 0 {
		c.drop(c.order.Back().Value.(*item).key)
	}
}
