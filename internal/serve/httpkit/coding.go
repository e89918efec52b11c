package httpkit

import (
	"bytes"
	"strings"

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

// brotliLevel: see BenchmarkCompress for what each level costs and gains.
const brotliLevel = 6

// minCompress is the size in bytes below which compression gains nothing: all
// fits into one packet anyway.
const minCompress = 512

// compress gives body in a coding, nil where that is not smaller.
func compress(c coding, body []byte) []byte {
	var b bytes.Buffer
	b.Grow(len(body) / 4)
	switch c {
	case gzipped:
		w, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
		if err != nil {
			panic(err) // the level is a constant
		}
		_, _ = w.Write(body) // a bytes.Buffer takes all
		_ = w.Close()
	case brotlied:
		w := brotli.NewWriterLevel(&b, brotliLevel)
		_, _ = w.Write(body)
		_ = w.Close()
	}
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
