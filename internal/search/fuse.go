package search

import (
	"math"
	"time"

	"broadsheet"
)

// The score of a hit, in every mode, is
//
//	share·words + (1-share)·meaning + near + date + popularity
//
// words is BM25F over the most that the query's words can give; meaning is the
// cosine between query and paper, brought to 0..1 between two fixed values; so
// both are numbers of the paper and the query alone and do not depend on what
// else was found, which paging and explaining rest on. share is 1 in a search
// by word, 0 in one by meaning.
const (
	// fuseShare weighs words against meaning. Gain in nDCG@10 over plain BM25, the
	// mean of four held-out sets (20,000 papers, 300 queries each) and of four
	// judged ones (CACM, CISI, Cranfield, SciFact), and the least of the judged:
	//
	//	0.75  +9.2 %   +9.3 %  +2.2 %
	//	0.80  +8.4 %  +10.0 %  +2.1 %
	//	0.85  +7.8 %   +9.6 %  +2.2 %
	//
	// Silent words left out, which came later, made that +8.5, +11.1 and +2.2 %.
	// Held-out queries, of which each has one right answer, would rather have a
	// little less; between these the judged sets decided, so that their figures
	// flatter it a little.
	fuseShare = 0.8
	// cosineLow and cosineHigh are what unrelated papers have with a query, and
	// what the best have.
	cosineLow, cosineHigh = 0.1, 0.8

	// nearShare is what words that stand together add, see nearness, at most. Of
	// 60,000 papers of the sample, 1,500 queries each, by words alone, nDCG@10 of
	// title to abstract, first sentence to rest, three words of a title to paper:
	//
	//	0     .911 .650 .727
	//	0.04  .915 .653 .757
	//	0.08  .917 .654 .779
	//	0.16  .918 .652 .798
	//	0.30  .921 .651 .806
	//
	// A reward for having many of the words, whatever they weigh, gave nothing
	// beside it (0.05: .919 .650 .798; 0.15: .919 .646 .798) and is not there.
	nearShare = 0.16
	// nearReach is the greatest distance of two words that counts.
	nearReach = 8

	// Priors: a paper of today gets priorDate more than an old one, and half
	// of that after priorAge·ln 2; one with 1,000 votes about priorPopular.
	priorDate    = 0.02
	priorAge     = 2 * 365.25 * 24 * time.Hour
	priorPopular = 0.02
	fullPopular  = 41 // bucket of 1,000 votes
)

// shareOf is the weight of words in a mode.
func shareOf(m broadsheet.Mode) float64 {
	switch m {
	case broadsheet.ModeLexical:
		return 1
	case broadsheet.ModeSemantic:
		return 0
	}
	return fuseShare
}

// calibrate brings a cosine to 0..1.
func calibrate(cosine float64) float64 {
	return min(1, max(0, (cosine-cosineLow)/(cosineHigh-cosineLow)))
}

// datePrior is what a paper published that long ago gets for its youth. Ages
// count in days, so that a score holds for a day and pages fit together.
func datePrior(published, now time.Time) float64 {
	if published.IsZero() {
		return 0
	}
	days := math.Floor(max(0, now.Sub(published).Hours()/24))
	return priorDate * math.Exp(-days*24*float64(time.Hour)/float64(priorAge))
}

// popularPrior is what a bucket of ColumnPop gives.
func popularPrior(bucket uint8) float64 {
	return priorPopular * min(1.5, float64(bucket)/fullPopular)
}
