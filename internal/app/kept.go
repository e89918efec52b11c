package app

import (
	"sync"
	"time"
)

// kept remembers answers that cost a walk over a whole index. Its zero value is
// ready; there are as many entries as there are keys.
type kept[K comparable, V any] struct {
	mu      sync.Mutex
	entries map[K]keptEntry[V]
}

type keptEntry[V any] struct {
	value V
	until time.Time
}

// get gives the value of key, made by make at most once in the time that it is
// good for. While one caller makes it, others wait. Errors are not remembered.
func (k *kept[K, V]) get(now time.Time, good time.Duration, key K, make func() (V, error)) (V, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if e, ok := k.entries[key]; ok && now.Before(e.until) {
		return e.value, nil
	}
	v, err := make()
	if err != nil {
		return v, err
	}
	if k.entries == nil {
		k.entries = map[K]keptEntry[V]{}
	}
	k.entries[key] = keptEntry[V]{v, now.Add(good)}
	return v, nil
}
