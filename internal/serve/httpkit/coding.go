package httpkit

import (
	"bytes"
	"io"
	"strings"
	"sync"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
)

// coding is a content coding that answers are kept in.
type coding int

const (
	identity coding = iota
	gzipped
	brotlied
	codings
)

var (
	codingHeader = [codings][]string{nil, {"gzip"}, {"br"}}
	codingSuffix = [codings]string{"", ".gz", ".br"}
)

// Levels of compression. A page is compressed while a reader waits, and again
// whenever the site's content changes: on 30 KB of paper titles and summaries
// gzip 6, 8 and 9 took 1.1, 2.0 and 6.4 ms for 9,155, 8,855 and 8,781 bytes,
// brotli 5, 6 and 9 took 2.2, 3.3 and 23 ms for 8,472, 8,439 and 8,412 bytes.
// An asset is compressed once in the life of the process: brotli 11 took 85 ms
// for 7,246 bytes.
var (
	pageLevels  = levels{gzipped: 8, brotlied: 6}
	assetLevels = levels{gzipped: gzip.BestCompression, brotlied: brotli.BestCompression}
)

type levels [codings]int

// minCompress is the size in bytes below which compression gains nothing: all
// fits into one packet anyway.
const minCompress = 512

// squeezer is what both coders' writers are.
type squeezer interface {
	io.WriteCloser
	Reset(io.Writer)
}

// squeezers keeps writers for the next page: each holds about a megabyte. By
// coding and level.
var squeezers [codings][12]sync.Pool

func newSqueezer(c coding, level int) squeezer {
	if w, ok := squeezers[c][level].Get().(squeezer); ok {
		return w
	}
	if c == brotlied {
		return brotli.NewWriterLevel(nil, level)
	}
	w, err := gzip.NewWriterLevel(nil, level)
	if err != nil {
		panic(err) // the levels are constants
	}
	return w
}

// compress gives body in a coding, nil where that is not smaller.
func compress(c coding, level int, body []byte) []byte {
	b := bytes.NewBuffer(make([]byte, 0, len(body)/2))
	w := newSqueezer(c, level)
	w.Reset(b)
	_, _ = w.Write(body) // a bytes.Buffer takes all
	_ = w.Close()
	w.Reset(nil)
	squeezers[c][level].Put(w)
	if b.Len() >= len(body) {
		return nil
	}
	return bytes.Clone(b.Bytes()) // without the buffer's spare room: it is kept
}

// compressible tells whether bodies of that type get smaller: text does,
// pictures are compressed already.
func compressible(contentType string) bool {
	t, _, _ := strings.Cut(contentType, ";")
	return textual(t) || t == "image/x-icon"
}

// choose picks the best coding that the Accept-Encoding headers allow: brotli,
// gzip, or nothing. RFC 9110, section 12.5.3.
func choose(accept []string) coding {
	var ok, refused [codings]bool
	for _, line := range accept {
		for line != "" {
			var item string
			item, line, _ = strings.Cut(line, ",")
			name, params, _ := strings.Cut(item, ";")
			yes := !zeroWeight(params)
			switch name = strings.TrimSpace(name); {
			case strings.EqualFold(name, "br"):
				ok[brotlied], refused[brotlied] = yes, !yes
			case strings.EqualFold(name, "gzip"), strings.EqualFold(name, "x-gzip"):
				ok[gzipped], refused[gzipped] = yes, !yes
			case name == "*" && yes:
				ok[gzipped] = true
			}
		}
	}
	switch {
	case ok[brotlied] && !refused[brotlied]:
		return brotlied
	case ok[gzipped] && !refused[gzipped]:
		return gzipped
	}
	return identity
}

// zeroWeight tells whether parameters say q=0.
func zeroWeight(params string) bool {
	for params != "" {
		var p string
		p, params, _ = strings.Cut(params, ";")
		p = strings.TrimSpace(p)
		if len(p) > 2 && (p[0] == 'q' || p[0] == 'Q') && p[1] == '=' {
			return strings.Trim(p[2:], "0.") == ""
		}
	}
	return false
}
