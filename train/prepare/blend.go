package main

import (
	"fmt"
	"math"
	"os"
	"strings"

	"broadsheet/internal/embed/static"
)

const scales = 4 // of rows: 1, 1/2, 1/4, 1/8

// blend writes the mean of tables that began from the same seed (M. Wortsman
// et al., "Model soups", 2022): on fields that neither saw it was better alone than the
// later of the two, and no worse beside BM25 (README.md).
func blend(paths, out string) error {
	var sum []float64
	for _, path := range strings.Split(paths, ",") {
		v, err := readRows(path)
		if err != nil {
			return err
		}
		if sum == nil {
			sum = make([]float64, len(v))
		}
		if len(v) != len(sum) {
			return fmt.Errorf("blend: %s has another size", path)
		}
		for i, x := range v {
			sum[i] += x
		}
	}
	return os.WriteFile(out, quantise(sum), 0o600)
}

// readRows reads a table and brings it to a mean square of 1.
func readRows(path string) ([]float64, error) {
	data, err := os.ReadFile(path) // #nosec G304 -- the operator names the file
	if err != nil {
		return nil, err
	}
	n := len(data) / (static.Dim + 1)
	out := make([]float64, n*static.Dim)
	var squares float64
	for i := range out {
		out[i] = math.Ldexp(float64(data[i])-128, -int(data[n*static.Dim+i/static.Dim]))
		squares += out[i] * out[i]
	}
	scale := math.Sqrt(squares / float64(len(out)))
	for i := range out {
		out[i] /= scale
	}
	return out, nil
}

// quantise gives each row the finest scale that holds it. The few longest rows
// lose a tenth of their extremes, and all others gain a bit of precision.
func quantise(rows []float64) []byte {
	n := len(rows) / static.Dim
	tops, longest := make([]float64, n), 0.0
	for i, x := range rows {
		tops[i/static.Dim] = max(tops[i/static.Dim], math.Abs(x))
		longest = max(longest, math.Abs(x))
	}
	step := 0.9 * longest / 127
	out := make([]byte, n*(static.Dim+1))
	for r, top := range tops {
		shift := 0
		for shift < scales-1 && math.Ldexp(top, shift+1) <= 127*step {
			shift++
		}
		out[n*static.Dim+r] = byte(shift) // #nosec G115 -- below 4
		for i := r * static.Dim; i < (r+1)*static.Dim; i++ {
			q := math.Round(math.Ldexp(rows[i], shift) / step)
			out[i] = byte(min(max(q, -127), 127) + 128)
		}
	}
	return out
}
