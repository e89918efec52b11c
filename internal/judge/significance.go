package judge

import (
	"math"
	"math/rand/v2"
)

// Of the paired tests that are in use, the randomisation test assumes least:
// if two systems were alike, each query's difference could as well have had
// the other sign (Smucker, Allan and Carterette, CIKM 2007).
const (
	flips    = 100_000 // signs drawn; the smallest p is 1 in that many
	exactly  = 14      // up to so many differences, every choice of signs is tried
	flipSeed = 20260701
)

// PairedP is the two-sided p-value of the paired randomisation test: the
// chance that signs given at random to the differences a[i]-b[i] make a mean
// as far from zero. It is 1 where there is no difference. Equal input gives an
// equal value on every machine.
func PairedP(a, b []float64) float64 {
	var diffs []float64
	var sum, size float64
	for i := range a {
		if d := a[i] - b[i]; d != 0 {
			diffs = append(diffs, d)
			sum += d
			size += math.Abs(d)
		}
	}
	if len(diffs) == 0 {
		return 1
	}
	// Sums that are equal but for rounding count as equal.
	least := math.Abs(sum) - 1e-12*size
	if len(diffs) <= exactly {
		far, all := 0, 1<<len(diffs)
		for signs := range uint64(all) {
			if math.Abs(signed(diffs, signs)) >= least {
				far++
			}
		}
		return float64(far) / float64(all)
	}
	random := rand.New(rand.NewPCG(flipSeed, uint64(len(diffs)))) // #nosec G404 -- equal on every run is what is wanted
	far := 0
	for range flips {
		var s float64
		for at := 0; at < len(diffs); at += 64 {
			s += signed(diffs[at:min(at+64, len(diffs))], random.Uint64())
		}
		if math.Abs(s) >= least {
			far++
		}
	}
	return float64(far+1) / float64(flips+1)
}

// signed is the sum of up to 64 differences, each with the sign of its bit.
func signed(diffs []float64, signs uint64) float64 {
	var s float64
	for _, d := range diffs {
		// The sign bit is flipped without a branch: it would be guessed wrong
		// every other time.
		s += math.Float64frombits(math.Float64bits(d) ^ signs<<63)
		signs >>= 1
	}
	return s
}
