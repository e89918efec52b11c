package app

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// keptMost bounds how long one value may take to count.
const keptMost = time.Minute

// kept remembers answers that cost a walk over a whole index. Its zero value is
// ready; there are as many entries as there are keys.
type kept[K comparable, V any] struct {
	mu      sync.Mutex // held for a look at the entries only
	entries map[K]*keptEntry[V]
}

// keptEntry is a value that is there or being counted.
type keptEntry[V any] struct {
	done  chan struct{} // closed when value and err are set
	value V
	err   error
	until time.Time
}

func (e *keptEntry[V]) isDone() bool {
	select {
	case <-e.done:
		return true
	default:
		return false
	}
}

// get gives the value of key, counted at most once in the time that it is good
// for. While it is counted, all who want it wait, each no longer than its own
// ctx; who wants another key does not wait for it. The counting goes on when
// nobody waits any more, for at most keptMost: the next one finds what it gave.
// Errors are not remembered.
func (k *kept[K, V]) get(ctx context.Context, now time.Time, good time.Duration, key K, count func(context.Context) (V, error)) (V, error) {
	e, isNew := k.entry(now, good, key)
	if isNew {
		go k.fill(context.WithoutCancel(ctx), key, e, count)
	}
	if !e.isDone() {
		select {
		case <-e.done:
		case <-ctx.Done():
			var none V
			return none, ctx.Err()
		}
	}
	return e.value, e.err
}

// entry finds the entry of key, or puts a new one there for the caller to fill.
func (k *kept[K, V]) entry(now time.Time, good time.Duration, key K) (e *keptEntry[V], isNew bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if e, ok := k.entries[key]; ok && (now.Before(e.until) || !e.isDone()) {
		return e, false
	}
	if k.entries == nil {
		k.entries = map[K]*keptEntry[V]{}
	}
	e = &keptEntry[V]{done: make(chan struct{}), until: now.Add(good)}
	k.entries[key] = e
	return e, true
}

// fill counts for all who wait for e. A panic is an error to them: here, away
// from their requests, it would end the program.
func (k *kept[K, V]) fill(ctx context.Context, key K, e *keptEntry[V], count func(context.Context) (V, error)) {
	ctx, cancel := context.WithTimeout(ctx, keptMost)
	defer cancel()
	defer func() {
		if p := recover(); p != nil {
			e.err = fmt.Errorf("count: panic: %v", p)
		}
		if e.err != nil {
			k.mu.Lock()
			delete(k.entries, key)
			k.mu.Unlock()
		}
		close(e.done)
	}()
	e.value, e.err = count(ctx)
}
