package transfer

import (
	"context"
	"sync"
)

// Of the chunks that are read and not yet stored there are at most queueChunks
// in each direction, and together they hold at most queueBytes; one that is
// longer than that waits until it is alone.
const (
	queueChunks = 8
	queueBytes  = 4 << 20
)

// queue hands chunks to those who make papers of them and, in the order in
// which they were read, to the writer.
type queue struct {
	work, order chan *chunk
	room        chan struct{} // told that bytes became free

	mu    sync.Mutex
	bytes int // sent and not yet taken
}

func newQueue() *queue {
	return &queue{work: make(chan *chunk, queueChunks), order: make(chan *chunk, queueChunks), room: make(chan struct{}, 1)}
}

// send waits for room; false where ctx ended first. One goroutine sends.
func (q *queue) send(ctx context.Context, c *chunk) bool {
	for !q.enter(len(c.buf)) {
		select {
		case <-q.room:
		case <-ctx.Done():
			return false
		}
	}
	for _, to := range []chan *chunk{q.order, q.work} {
		select {
		case to <- c:
		case <-ctx.Done():
			return false
		}
	}
	return true
}

func (q *queue) enter(n int) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.bytes > 0 && q.bytes+n > queueBytes {
		return false
	}
	q.bytes += n
	return true
}

// taken tells that the writer has what c holds.
func (q *queue) taken(c *chunk) {
	q.mu.Lock()
	q.bytes -= len(c.buf)
	q.mu.Unlock()
	select {
	case q.room <- struct{}{}:
	default: // it is told already
	}
}

// close tells that nothing more will be sent.
func (q *queue) close() {
	close(q.order)
	close(q.work)
}
