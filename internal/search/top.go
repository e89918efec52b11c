package search

import "strings"

// rank is a document with what orders it: score first, then the newer, then
// the lower key. The key is looked up only where both are equal.
type rank struct {
	score uint32 // fixed point, see unit
	time  uint32 // minutes as in the time column
	seg   int32
	doc   uint32
}

// top keeps the k best ranks that were offered, as a heap with the worst in
// front. One top serves all segments of a snapshot, so that a threshold found
// in the biggest prunes the others.
type top struct {
	k    int
	heap []rank
	key  func(seg int32, doc uint32) string
}

func (t *top) reset(k int, key func(int32, uint32) string) {
	t.k, t.key = k, key
	t.heap = t.heap[:0]
}

// threshold is the score below which nothing can enter. What equals it may, as
// the newer of two equals wins.
func (t *top) threshold() uint32 {
	if len(t.heap) < t.k || t.k == 0 {
		return 0
	}
	return t.heap[0].score
}

// before reports whether a stands above b in a list.
func (t *top) before(a, b rank) bool {
	if a.score != b.score {
		return a.score > b.score
	}
	if a.time != b.time {
		return a.time > b.time
	}
	return strings.Compare(t.key(a.seg, a.doc), t.key(b.seg, b.doc)) < 0
}

// enters reports whether r would be kept.
func (t *top) enters(r rank) bool {
	return t.k > 0 && (len(t.heap) < t.k || t.before(r, t.heap[0]))
}

func (t *top) offer(r rank) {
	if len(t.heap) < t.k {
		t.heap = append(t.heap, r)
		t.up(len(t.heap) - 1)
		return
	}
	if t.k > 0 && t.before(r, t.heap[0]) {
		t.heap[0] = r
		t.down(0, len(t.heap))
	}
}

func (t *top) up(i int) {
	for i > 0 {
		p := (i - 1) / 2
		if !t.before(t.heap[p], t.heap[i]) {
			return
		}
		t.heap[p], t.heap[i] = t.heap[i], t.heap[p]
		i = p
	}
}

func (t *top) down(i, n int) {
	for {
		c := 2*i + 1
		if c >= n {
			return
		}
		if r := c + 1; r < n && t.before(t.heap[c], t.heap[r]) {
			c = r
		}
		if !t.before(t.heap[i], t.heap[c]) {
			return
		}
		t.heap[i], t.heap[c] = t.heap[c], t.heap[i]
		i = c
	}
}

// sorted puts the kept ranks in order, best first. The heap is used up.
func (t *top) sorted() []rank {
	for n := len(t.heap) - 1; n > 0; n-- {
		t.heap[0], t.heap[n] = t.heap[n], t.heap[0]
		t.down(0, n)
	}
	return t.heap
}
