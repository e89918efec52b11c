package corpus

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strings"

	"github.com/klauspost/compress/zstd"
)

// Sample is real papers, taken apart.
type Sample struct {
	text   []byte // all titles and sentences
	papers []paper
	fields []field
	order  []int            // papers in the order in which they are grown from
	df     map[string]int32 // papers that have a word, lower case
}

type paper struct {
	field      int
	place      int // in the topical order of the field
	title      piece
	sentences  []piece // at least one
	authors    []person
	categories []string
	topic      string
}

type person struct{ given, family string }

// piece is a title or a sentence: where it lies, and which of its words are
// among the rarest.
type piece struct {
	at, end int32
	rare    []span
}

type span struct{ from, to int32 } // within the piece

type field struct {
	name   string
	papers []int // in topical order
}

// record is what is read of a line of arXiv's metadata snapshot.
type record struct {
	Title      string     `json:"title"`
	Abstract   string     `json:"abstract"`
	Categories string     `json:"categories"`
	Authors    [][]string `json:"authors_parsed"`
}

// smallField is how many papers a category needs to be a field of its own;
// smaller ones are put together.
const smallField = 300

// rarely is the number of papers of the sample up to which a word is one of
// the rarest.
const rarely = 3

// Open reads a sample of arXiv's metadata snapshot, packed with zstd. Most
// bounds the papers that are read; 0 is all.
func Open(path string, most int) (*Sample, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	unpacked, err := zstd.NewReader(f)
	if err != nil {
		return nil, err
	}
	defer unpacked.Close()
	s, err := Read(unpacked, most)
	if err != nil {
		return nil, fmt.Errorf("read sample %s: %w", path, err)
	}
	return s, nil
}

// Read reads a sample, a JSON object a line.
func Read(r io.Reader, most int) (*Sample, error) {
	s := &Sample{df: map[string]int32{}}
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 1<<20), 16<<20)
	titles := map[string]bool{}
	for lines.Scan() && (most == 0 || len(s.papers) < most) {
		var rec record
		if err := json.Unmarshal(lines.Bytes(), &rec); err != nil {
			return nil, err
		}
		if key := strings.ToLower(rec.Title); !titles[key] && rec.Categories != "" {
			titles[key] = true
			s.add(rec)
		}
	}
	if err := lines.Err(); err != nil {
		return nil, err
	}
	if len(s.papers) < 10 {
		return nil, fmt.Errorf("%d papers with a title and an abstract; it takes more to grow from", len(s.papers))
	}
	s.markRare()
	s.arrange()
	s.order = rand.New(rand.NewPCG(1, 1)).Perm(len(s.papers))
	return s, nil
}

// Len is the number of papers.
func (s *Sample) Len() int { return len(s.papers) }

func (s *Sample) add(rec record) {
	sentences := split(strings.Join(strings.Fields(rec.Abstract), " "))
	title := strings.Join(strings.Fields(rec.Title), " ")
	if len(sentences) == 0 || title == "" {
		return
	}
	p := paper{title: s.keep(title), categories: strings.Fields(rec.Categories)}
	for _, text := range sentences {
		p.sentences = append(p.sentences, s.keep(text))
	}
	for _, a := range rec.Authors {
		if len(a) >= 2 {
			p.authors = append(p.authors, person{given: a[1], family: a[0]})
		}
	}
	seen := map[string]bool{}
	for _, piece := range append(p.sentences, p.title) {
		eachWord(s.of(piece), func(word string, _, _ int) {
			word = strings.ToLower(word)
			if !seen[word] {
				seen[word] = true
				s.df[word]++
			}
		})
	}
	s.papers = append(s.papers, p)
}

func (s *Sample) keep(text string) piece {
	at := len(s.text)
	s.text = append(s.text, text...)
	return piece{at: int32(at), end: int32(len(s.text))}
}

func (s *Sample) of(p piece) string { return string(s.text[p.at:p.end]) }

// markRare finds the rarest words, which take new forms, and each paper's
// topic: the word that it says most, weighed by rarity, of those that others
// say too.
func (s *Sample) markRare() {
	n := float64(len(s.papers))
	for i := range s.papers {
		p := &s.papers[i]
		count := map[string]int{}
		mark := func(x *piece, weight int) {
			eachWord(s.of(*x), func(word string, from, to int) {
				word = strings.ToLower(word)
				if df := s.df[word]; df <= rarely {
					x.rare = append(x.rare, span{int32(from), int32(to)})
				} else if df >= 20 {
					count[word] += weight
				}
			})
		}
		mark(&p.title, 3)
		for j := range p.sentences {
			mark(&p.sentences[j], 1)
		}
		best := 0.0
		for word, tf := range count {
			score := float64(tf) * math.Log(n/float64(s.df[word]))
			if score > best || score == best && word < p.topic {
				best, p.topic = score, word
			}
		}
	}
}

// arrange puts papers into fields, and those of a field in topical order.
func (s *Sample) arrange() {
	size := map[string]int{}
	for _, p := range s.papers {
		size[p.categories[0]]++
	}
	number := map[string]int{}
	for i := range s.papers {
		p := &s.papers[i]
		name := p.categories[0]
		if size[name] < smallField {
			name = "" // all small categories
		}
		at, ok := number[name]
		if !ok {
			at = len(s.fields)
			number[name] = at
			s.fields = append(s.fields, field{name: name})
		}
		p.field = at
		s.fields[at].papers = append(s.fields[at].papers, i)
	}
	for _, f := range s.fields {
		slices.SortStableFunc(f.papers, func(a, b int) int { return strings.Compare(s.papers[a].topic, s.papers[b].topic) })
		for place, i := range f.papers {
			s.papers[i].place = place
		}
	}
}

// split cuts a text into sentences: a full stop, a blank, a capital.
func split(text string) (out []string) {
	from := 0
	for i := 1; i+2 < len(text); i++ {
		if text[i] == '.' && text[i+1] == ' ' && text[i+2] >= 'A' && text[i+2] <= 'Z' && i-from > 40 {
			out = append(out, text[from:i+1])
			from = i + 2
		}
	}
	if len(text)-from > 20 {
		out = append(out, text[from:])
	}
	return out
}

// eachWord gives every run of letters of four or more, with where it stands.
func eachWord(text string, f func(word string, from, to int)) {
	letter := func(b byte) bool { return b|0x20 >= 'a' && b|0x20 <= 'z' }
	for i := 0; i < len(text); i++ {
		if !letter(text[i]) {
			continue
		}
		from := i
		for i < len(text) && letter(text[i]) {
			i++
		}
		if i-from >= 4 && (from == 0 || text[from-1] != '\\') {
			f(text[from:i], from, i)
		}
	}
}
