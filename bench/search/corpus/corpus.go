// Package corpus grows a sample of real papers to any size, and makes queries
// for it, so that search is measured at the size it is built for.
//
// A grown paper is put together from real ones of one field that lie near each
// other in topic: the head of one title and the tail of another, sentences of
// a few neighbouring abstracts, authors, categories. So the common words keep
// their share, words that go together still go together, and a paper is about
// one thing. Rare words, by contrast, would only come back more often, where
// real text keeps bringing new ones (Heaps' law); so the rarest words of the
// sample take new forms at a rate that keeps the vocabulary growing as it
// grows within the sample. corpus_test.go holds that against the sample.
//
// Every paper is a function of the seed and its number alone: any number of
// workers can make them, in any order, and nothing has to be kept in a file.
// No two are the same: the first sentence goes on by one with every time that
// a title comes back.
package corpus

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"

	"broadsheet"
)

// Corpus gives papers by number.
type Corpus struct {
	Papers int // how many it is grown to
	seed   uint64
	sample *Sample
	months []int // number of the first paper of each month since firstMonth
}

// Papers come in the order of their dates, over the months of ids with five
// digits, ever more a month.
var (
	firstMonth = time.Date(2015, 1, 1, 0, 0, 0, 0, time.UTC)
	lastMonth  = time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)
)

// New grows a sample to a number of papers.
func New(s *Sample, papers int, seed uint64) *Corpus {
	c := &Corpus{Papers: papers, seed: seed, sample: s}
	n := (lastMonth.Year()-firstMonth.Year())*12 + int(lastMonth.Month()) - int(firstMonth.Month()) + 1
	for m := range n {
		c.months = append(c.months, int(math.Ceil(float64(papers)*math.Pow(float64(m)/float64(n), 2))))
	}
	return c
}

// Paper fills p with the paper of a number, 0 to Papers-1. It is safe for
// concurrent use.
func (c *Corpus) Paper(number int, p *broadsheet.Paper) {
	random := rand.New(rand.NewPCG(c.seed, uint64(number)))
	base, round := c.sample.order[number%len(c.sample.papers)], number/len(c.sample.papers)
	f := &c.sample.fields[c.sample.papers[base].field]
	own := c.sample.papers[base]
	near := func() *paper { // a neighbour in topic
		i := own.place + random.IntN(2*reach+1) - reach
		return &c.sample.papers[f.papers[(i+len(f.papers))%len(f.papers)]]
	}
	w := words{random: random, variants: c.variants(number), sample: c.sample}
	c.title(&w, &own, near)
	title := w.text()

	// The first sentence: one further along the field every round.
	first := &c.sample.papers[f.papers[(own.place+round)%len(f.papers)]]
	w.sentence(first.sentences[0])
	sources := [3]*paper{&own, near(), near()}
	used := map[int32]bool{first.sentences[0].at: true}
	for i := 1; i < len(own.sentences); i++ {
		from := sources[random.IntN(len(sources))]
		s := from.sentences[min(i, len(from.sentences)-1)]
		if !used[s.at] {
			used[s.at] = true
			w.sentence(s)
		}
	}
	*p = broadsheet.Paper{
		ID: c.ID(number), Origin: broadsheet.OriginCatalog, Title: title, Abstract: w.text(),
		Authors: c.authors(random, &own, near()), Categories: own.categories,
	}
	p.PublishedAt = c.date(number)
	p.UpdatedAt, p.SeenAt = p.PublishedAt, p.PublishedAt
	p.AnnouncedOn = broadsheet.Day(p.PublishedAt.Format(time.DateOnly))
}

// reach is how far sources may lie from a paper in the topical order of its
// field.
const reach = 6

// joints are words at which a title can be taken apart and put together.
var joints = []string{": ", " for ", " of ", " in ", " with ", " via ", " on ", " using ", " by ", " from ", " and "}

// title joins the head of a paper's title to the tail of a neighbour's at a
// word that both have; where they have none, it takes the paper's own.
func (c *Corpus) title(w *words, own *paper, near func() *paper) {
	head := c.sample.of(own.title)
	for range 4 {
		other := near()
		tail := c.sample.of(other.title)
		for _, joint := range joints {
			i, j := strings.Index(head, joint), strings.Index(tail, joint)
			if i > 0 && j > 0 && other != own {
				w.part(own.title, 0, i)
				w.part(other.title, j, len(tail))
				return
			}
		}
	}
	w.part(own.title, 0, len(head))
}

// authors are some of a paper's and some of a neighbour's; every other one
// gets the surname of the next, since new people write papers too.
func (c *Corpus) authors(random *rand.Rand, own, other *paper) []broadsheet.Author {
	pool := slices.Concat(own.authors, other.authors)
	if len(pool) == 0 {
		return nil
	}
	n := max(1, len(own.authors))
	out := make([]broadsheet.Author, 0, n)
	for range n {
		a := pool[random.IntN(len(pool))]
		if random.IntN(2) == 0 {
			a.family = pool[random.IntN(len(pool))].family
		}
		name := strings.TrimSpace(a.given + " " + a.family)
		if name != "" && !slices.ContainsFunc(out, func(b broadsheet.Author) bool { return b.Name == name }) {
			out = append(out, broadsheet.Author{Name: name, Key: broadsheet.AuthorKey(name)})
		}
	}
	return out
}

// Len is the number of papers.
func (c *Corpus) Len() int { return c.Papers }

// Number is that of the paper with an id.
func (c *Corpus) Number(id string) (int, bool) {
	month, within, ok := strings.Cut(id, ".")
	t, err := time.Parse("0601", month)
	n, nerr := strconv.Atoi(within)
	m := (t.Year()-firstMonth.Year())*12 + int(t.Month()) - int(firstMonth.Month())
	if !ok || err != nil || nerr != nil || m < 0 || m >= len(c.months) || n < 1 {
		return 0, false
	}
	n += c.months[m] - 1
	return n, n < c.Papers && c.month(n) == m
}

// ID is that of a paper: its number within its month, as arXiv counts.
func (c *Corpus) ID(number int) string {
	m := c.month(number)
	month := firstMonth.AddDate(0, m, 0)
	return fmt.Sprintf("%s.%05d", month.Format("0601"), number-c.months[m]+1)
}

func (c *Corpus) date(number int) time.Time {
	m := c.month(number)
	end := c.Papers
	if m+1 < len(c.months) {
		end = c.months[m+1]
	}
	share := float64(number-c.months[m]) / float64(max(end-c.months[m], 1))
	return firstMonth.AddDate(0, m, 0).Add(time.Duration(share * 28 * 24 * float64(time.Hour))).Truncate(time.Minute)
}

func (c *Corpus) month(number int) int {
	m, found := slices.BinarySearch(c.months, number)
	if !found {
		m--
	}
	for m+1 < len(c.months) && c.months[m+1] <= number { // a month without papers
		m++
	}
	return m
}

// variants is how many forms each of the rarest words may have by now.
func (c *Corpus) variants(number int) float64 {
	return growth * math.Pow(1+float64(number)/float64(len(c.sample.papers)), heaps)
}
