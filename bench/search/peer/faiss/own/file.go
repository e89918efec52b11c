package main

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"

	"broadsheet/internal/lib/vec"
)

const (
	papersFile  = "vectors.f32"
	queriesFile = "queries.f32"
	vectorBytes = 4 * vec.Dim
)

// save writes the queries to a folder, and makes fill write the papers there.
func (b *bench) save(dir string) (err error) {
	f, err := os.Create(filepath.Join(dir, queriesFile))
	if err != nil {
		return err
	}
	if err := errors.Join(write(f, b.queries), f.Close()); err != nil {
		return err
	}
	b.out, err = os.Create(filepath.Join(dir, papersFile))
	return err
}

func write(w io.Writer, vectors [][]float32) error {
	out := bufio.NewWriterSize(w, 1<<20)
	for _, v := range vectors {
		if err := binary.Write(out, binary.LittleEndian, v); err != nil {
			return err
		}
	}
	return out.Flush()
}

// fromFiles reads what save and fill wrote. The file of the papers stays open.
func fromFiles(o options) (*bench, error) {
	asked, err := os.ReadFile(filepath.Join(o.read, queriesFile))
	if err != nil {
		return nil, err
	}
	f, err := os.Open(filepath.Join(o.read, papersFile))
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if len(asked)%vectorBytes != 0 || info.Size()%vectorBytes != 0 {
		return nil, fmt.Errorf("files in %s do not hold whole vectors of %d bytes", o.read, vectorBytes)
	}
	b := &bench{papers: int(info.Size() / vectorBytes), paper: func(i int, v []float32) error {
		raw := make([]byte, vectorBytes)
		if _, err := f.ReadAt(raw, int64(i)*vectorBytes); err != nil {
			return err
		}
		decode(v, raw)
		return nil
	}}
	for ; len(asked) > 0; asked = asked[vectorBytes:] {
		v := make([]float32, vec.Dim)
		decode(v, asked)
		b.queries = append(b.queries, v)
	}
	return b, nil
}

func decode(v []float32, raw []byte) {
	for d := range v {
		v[d] = math.Float32frombits(binary.LittleEndian.Uint32(raw[4*d:]))
	}
}
