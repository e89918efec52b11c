package corpus

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"strings"

	"broadsheet"
)

// Query is what is asked of every engine alike. Text is for engines that take
// text; Words are its content words.
type Query struct {
	Class    Class          `json:"class"`
	Text     string         `json:"text"`
	Words    []string       `json:"words"`
	Category string         `json:"category,omitempty"` // only papers of it
	From     broadsheet.Day `json:"from,omitempty"`     // only papers published then or later
}

// Class says how the words of a query are meant.
type Class string

// Classes. Those up to ClassCommon look for any of the words.
const (
	ClassTitle    Class = "title"    // two to five content words of a title
	ClassKeyword  Class = "keyword"  // one or two words that tell a paper from others
	ClassQuestion Class = "question" // a whole question, with its small words
	ClassCommon   Class = "common"   // three of the most common content words
	ClassAll      Class = "all"      // two to four words of one paper, all of them wanted
	ClassPhrase   Class = "phrase"   // two or three words that stand together in a title
	ClassFilter   Class = "filter"   // any word, within a category and a span of years
)

// Classes in the order in which they are reported.
var Classes = []Class{ClassTitle, ClassKeyword, ClassQuestion, ClassCommon, ClassAll, ClassPhrase, ClassFilter}

// small are English words that say nothing by themselves.
var small = func() map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(`a an and are as at be been between both but by can could do does each for from had has have how
		however if in into is it its may more most not of on one only or other our over several should show shown some such than that
		the their them then there these they this those through thus to two under using used use via was we were what when where
		which while who will with within without would also here based toward towards study paper results result new`) {
		m[w] = true
	}
	return m
}()

// questions are what a word or two of a title become.
var questions = []string{
	"how does %a affect %b", "what is known about %a in %b", "why is %a needed for %b", "is there a way to measure %a with %b",
	"what are the limits of %a when %b is used", "which methods combine %a and %b",
}

// Queries makes n queries of each class from the corpus. They are a function
// of the corpus and the seed.
func (c *Corpus) Queries(n int, seed uint64) []Query {
	random := rand.New(rand.NewPCG(seed, 0))
	common := c.sample.common(200)
	var out []Query
	for _, class := range Classes {
		for made := 0; made < n; {
			var p broadsheet.Paper
			c.Paper(random.IntN(c.Papers), &p)
			if q, ok := makeQuery(random, class, &p, common, c.sample.df); ok {
				out = append(out, q)
				made++
			}
		}
	}
	return out
}

func makeQuery(random *rand.Rand, class Class, p *broadsheet.Paper, common []string, df map[string]int32) (Query, bool) {
	title := content(p.Title)
	q := Query{Class: class}
	switch class {
	case ClassTitle, ClassFilter:
		q.Words = pick(random, title, 2+random.IntN(4))
		if class == ClassFilter {
			q.Category = p.Categories[0]
			q.From = broadsheet.Day(p.PublishedAt.AddDate(-random.IntN(8), 0, 0).Format("2006-01-02"))
		}
	case ClassKeyword:
		words := content(p.Abstract)
		slices.SortStableFunc(words, func(a, b string) int { return cmp.Compare(df[a], df[b]) })
		words = slices.DeleteFunc(words, func(w string) bool { return df[w] < 20 })
		q.Words = pick(random, words[:min(len(words), 6)], 1+random.IntN(2))
	case ClassQuestion:
		q.Words = pick(random, title, 2)
		if len(q.Words) == 2 {
			text := questions[random.IntN(len(questions))]
			q.Text = strings.NewReplacer("%a", q.Words[0], "%b", q.Words[1]).Replace(text)
			q.Words = content(q.Text)
		}
	case ClassCommon:
		q.Words = pick(random, common, 3)
	case ClassAll:
		q.Words = pick(random, content(p.Title+" "+p.Abstract), 2+random.IntN(3))
	case ClassPhrase:
		q.Words = adjacent(random, p.Title, 2+random.IntN(2))
	}
	if q.Text == "" {
		q.Text = strings.Join(q.Words, " ")
	}
	least := 2
	if class == ClassKeyword {
		least = 1
	}
	return q, len(q.Words) >= least
}

// content are the different words of a text that say something.
func content(text string) (out []string) {
	eachWord(text, func(word string, _, _ int) {
		word = strings.ToLower(word)
		if !small[word] && !slices.Contains(out, word) {
			out = append(out, word)
		}
	})
	return out
}

// pick takes up to n of the words, in their order.
func pick(random *rand.Rand, words []string, n int) (out []string) {
	places := random.Perm(len(words))
	places = places[:min(n, len(places))]
	slices.Sort(places)
	for _, i := range places {
		out = append(out, words[i])
	}
	return out
}

// adjacent takes n words that stand side by side, with single blanks between
// and none of them small.
func adjacent(random *rand.Rand, text string, n int) []string {
	words := strings.Fields(strings.ToLower(text))
	plain := func(w string) bool {
		return len(w) >= 3 && !small[w] && strings.Trim(w, "abcdefghijklmnopqrstuvwxyz") == ""
	}
	var starts []int
	for i := 0; i+n <= len(words); i++ {
		if !slices.ContainsFunc(words[i:i+n], func(w string) bool { return !plain(w) }) {
			starts = append(starts, i)
		}
	}
	if len(starts) == 0 {
		return nil
	}
	i := starts[random.IntN(len(starts))]
	return words[i : i+n]
}

// common are the n content words that most papers have.
func (s *Sample) common(n int) []string {
	words := make([]string, 0, len(s.df))
	for w := range s.df {
		if !small[w] {
			words = append(words, w)
		}
	}
	slices.SortFunc(words, func(a, b string) int { return cmp.Or(cmp.Compare(s.df[b], s.df[a]), cmp.Compare(a, b)) })
	return words[:min(n, len(words))]
}
