package web

import "broadsheet/internal/serve/address"

// feedLinks lead readers of feeds to a list. Their types stand in the template
// as they are: some readers look for them without decoding HTML.
type feedLinks struct {
	Atom, RSS, JSON string // the list that the page shows
	Beside          string // an Atom feed that goes on where that one ends, "" for none
	BesideTitle     string
}

// feeds are those of the list whose page stands at a path.
func feeds(path string) *feedLinks {
	return &feedLinks{Atom: address.Form(path, ".atom"), RSS: address.Form(path, ".rss"), JSON: address.Form(path, ".json")}
}

// beside adds a feed that goes on: a day's never changes again, and the newest
// day's is gone for who looks only now and then.
func (f *feedLinks) beside(front bool) {
	f.Beside, f.BesideTitle = address.Form(address.Front, ".atom"), "Daily papers"
	if front {
		f.Beside, f.BesideTitle = address.Form(address.Hot+"?sort=new", ".atom"), "Papers of the last two weeks, the newest first"
	}
}
