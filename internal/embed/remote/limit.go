package remote

import "sync"

// textLimit is how many bytes of a text are sent: Options.MaxText at first, less
// when a text was refused and a shorter beginning of it was not. Where the
// service said that the text was too long, that is so until the program ends.
// Where it did not, it may have been something else in the end of that one text,
// and nobody would notice that all later ones are cut: so now and then a text
// that is longer is sent as before, and the limit follows what is taken. A trial
// that is refused costs some ten requests, so that the trials become fewer.
type textLimit struct {
	mu   sync.Mutex
	most int  // as set
	now  int  // bytes
	sure bool // the service named the length
	cuts int  // texts that were cut since the last trial
	wait int  // cuts before the next
}

// Texts that are cut before a longer one is tried, doubling with every trial:
// where each is refused, 2,000,000 papers mean some 130.
const (
	firstTrial = 64
	lastTrial  = 16 << 10
)

func newTextLimit(most int) *textLimit { return &textLimit{most: most, now: most, wait: firstTrial} }

// cut is the beginning of a text that is to be sent.
func (l *textLimit) cut(text string) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(text) <= l.now {
		return text
	}
	if l.now == l.most || l.sure {
		return cut(text, l.now)
	}
	if l.cuts++; l.cuts <= l.wait {
		return cut(text, l.now)
	}
	l.cuts, l.wait = 0, min(2*l.wait, lastTrial)
	return cut(text, l.most)
}

// lower notes that n bytes were taken of a text of which more were refused, and
// gives what was the limit until then.
func (l *textLimit) lower(n int, sure bool) (was int, lowered bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if was = l.now; n >= was {
		return was, false
	}
	l.now, l.sure = n, sure
	return was, true
}

// raise notes that n bytes were taken at once.
func (l *textLimit) raise(n int) (was int, raised bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if was = l.now; n <= was || l.sure {
		return was, false
	}
	l.now = n
	return was, true
}
