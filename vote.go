package broadsheet

import "time"

// Vote is a person's vote for a paper. A person has one for each paper at most.
type Vote struct {
	Paper string    // public id
	By    Commenter // who gave it; only lists of voters carry it
	At    time.Time
}

// Voted is what became of a vote.
type Voted struct {
	Paper   string // public id, whatever it was asked for by
	Voted   bool   // the person has a vote there now
	Changed bool   // that is new
	Votes   int    // of the paper: given here and imported
}
