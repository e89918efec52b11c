package broadsheet

import (
	"fmt"
	"math"
	"time"
)

// ListKind says what binds the papers of a list together.
type ListKind string

// Kinds of lists and what Key holds for each.
const (
	ListDay          ListKind = "day"          // a Day: featured that day or, where nothing was, announced
	ListWeek         ListKind = "week"         // a Week
	ListMonth        ListKind = "month"        // a Month
	ListAnnounced    ListKind = "announced"    // a Day: all that its source announced that day
	ListHot          ListKind = "hot"          // a Day: featured, or where nothing was, announced in the HotDays that end with it
	ListAuthor       ListKind = "author"       // an author key
	ListOrganization ListKind = "organization" // an organisation key
	ListCategory     ListKind = "category"     // "cs.LG", or an archive "cs"
	ListKeyword      ListKind = "keyword"      // a keyword as given
	ListSubmitter    ListKind = "submitter"    // a person key
	ListAll          ListKind = "all"          // no key: everything, newest first
)

// Sort is an order of papers. Every order is total: ties fall to the position
// in the day's list, then to the newer paper, then to the id.
type Sort string

// Orders.
const (
	SortHot Sort = "hot" // Hot, highest first
	SortTop Sort = "top" // votes, most first
	SortNew Sort = "new" // latest date of the list's kind first
)

// ParseSort reads an order; "" is the given default.
func ParseSort(s string, def Sort) (Sort, error) {
	switch Sort(s) {
	case "":
		return def, nil
	case SortHot, SortTop, SortNew:
		return Sort(s), nil
	}
	return "", InvalidField("sort", fmt.Sprintf("%q is not an order", clip(s)), "use hot, top or new")
}

// Filter narrows a list.
type Filter struct {
	Category string // "cs.LG", or an archive "cs" with all its categories; "" is any
	HasCode  bool
}

// List asks for a page of papers.
type List struct {
	Kind   ListKind
	Key    string
	Filter Filter
	Sort   Sort
	Limit  int // 1 to MaxLimit
	Offset int // 0 to MaxOffset
}

// Bounds of a page of a list.
const (
	DefaultLimit = 50
	MaxLimit     = 100
	MaxOffset    = 20000 // further down a list nobody reads; a crawler has days and months
)

// Page is the answer to a List: cards in order, without versions and wire
// entries.
type Page struct {
	List   List
	Papers []Paper
	Total  int  // papers in the whole list after the filter, at most MaxOffset
	More   bool // there is a further page
	// Featured tells, for lists by day, week and month, that people chose the
	// papers; false means they are what the sources announced.
	Featured bool
	// Categories counts the archive's and the list's categories before the
	// category filter, most first, for lists by day, week and month.
	Categories []Count
}

// HotDays is how many days the hot list looks back.
const HotDays = 14

// Count is a name and how many papers bear it.
type Count struct {
	Name  string `json:"name"`
	Label string `json:"label,omitempty"`
	Count int    `json:"count"`
}

// hotSpan is how many seconds of age one factor of ten in votes outweighs.
const hotSpan = 45000

// Hot is the default ranking, and the only place where it is written:
//
//	hot = log10(max(1, votes + 2·comments)) + seconds / 45000
//
// where seconds is the Unix time of the beginning of the day on which the paper
// was featured here, or of its publication where it was not. Papers of one
// edition are of one age, so that the hour at which somebody submits a paper
// does not rank it. Hot only ever changes when a vote or a comment arrives,
// never with the clock, so that an order once computed stays right: ten times
// the votes outweigh twelve and a half hours.
func Hot(votes, comments int, at time.Time) float64 {
	weight := math.Max(1, float64(votes+2*comments))
	var seconds float64
	if !at.IsZero() {
		seconds = float64(at.Unix())
	}
	return math.Log10(weight) + seconds/hotSpan
}
