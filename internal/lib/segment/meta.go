package segment

import (
	"encoding/binary"
	"math"
)

// writeMeta writes the section that describes the others.
func writeMeta(w *fileWriter, i Info) {
	w.begin("meta", 0)
	w.u32(uint32(i.Docs))
	w.u32(uint32(i.Vectors))
	w.u64(uint64(i.Terms))
	w.u64(i.Postings)
	w.u64(i.NormSum)
	for _, x := range i.Weights {
		w.u32(math.Float32bits(x))
	}
	w.u64(math.Float64bits(i.K1))
	w.u64(math.Float64bits(i.B))
	for _, s := range []string{i.Model, i.Analyzer} {
		w.write(binary.AppendUvarint(nil, uint64(len(s))))
		w.write([]byte(s))
	}
}

const metaFixed = 64

func decodeMeta(file *image, b []byte) (Info, error) {
	if len(b) < metaFixed {
		return Info{}, file.damage("meta has %d bytes", len(b))
	}
	i := Info{
		Docs:     int(le.Uint32(b)),
		Vectors:  int(le.Uint32(b[4:])),
		Terms:    int(le.Uint64(b[8:])),
		Postings: le.Uint64(b[16:]),
		NormSum:  le.Uint64(b[24:]),
		Size:     int64(len(file.data)),
	}
	for k := range i.Weights {
		i.Weights[k] = math.Float32frombits(le.Uint32(b[32+4*k:]))
	}
	i.K1, i.B = math.Float64frombits(le.Uint64(b[48:])), math.Float64frombits(le.Uint64(b[56:]))
	b = b[metaFixed:]
	for _, s := range []*string{&i.Model, &i.Analyzer} {
		n, k := binary.Uvarint(b)
		if k <= 0 || n > uint64(len(b)-k) {
			return Info{}, file.damage("meta")
		}
		*s, b = string(b[k:k+int(n)]), b[k+int(n):]
	}
	if len(b) != 0 || i.Docs != file.docs || i.Vectors > i.Docs ||
		i.Terms < 0 || int64(i.Terms) > file.end || i.NormSum > uint64(i.Docs)*math.MaxUint16 {
		return Info{}, file.damage("meta")
	}
	i.AvgNorm = average(i.NormSum, i.Docs)
	i.Sections = sectionsOf(file.toc)
	return i, nil
}

// average is the mean norm, at least 1 so that it can be divided by.
func average(sum uint64, docs int) float64 {
	if sum < uint64(docs) || docs == 0 {
		return 1
	}
	return float64(sum) / float64(docs)
}

func sectionsOf(toc []section) []Section {
	var out []Section
	for _, s := range toc {
		out = append(out, Section{Name: s.name, Offset: s.off, Size: s.size})
	}
	return out
}
