package web

import (
	"container/list"
	"sync"
)

// lru keeps texts up to a number of bytes and drops those not used for longest.
type lru struct {
	mu          sync.Mutex
	limit, size int
	items       map[string]*list.Element
	order       *list.List // of lruItem, most lately used first
}

type lruItem struct{ key, value string }

func newLRU(limit int) *lru {
	return &lru{limit: limit, items: map[string]*list.Element{}, order: list.New()}
}

func (c *lru) get(key string) (string, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	el, ok := c.items[key]
	if !ok {
		return "", false
	}
	c.order.MoveToFront(el)
	return el.Value.(lruItem).value, true
}

func (c *lru) put(key, value string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, ok := c.items[key]; ok || len(key)+len(value) > c.limit/8 {
		return
	}
	c.items[key] = c.order.PushFront(lruItem{key, value})
	c.size += len(key) + len(value)
	for c.size > c.limit {
		last := c.order.Back()
		it := c.order.Remove(last).(lruItem)
		delete(c.items, it.key)
		c.size -= len(it.key) + len(it.value)
	}
}
