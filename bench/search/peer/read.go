package peer

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"broadsheet/bench/search/corpus"
)

// Doc is a paper as a peer gets it.
type Doc struct {
	ID, Title, Abstract string
}

// Engine is a peer that is written in Go.
type Engine interface {
	// Name is what it is, with its version.
	Name() string
	// Add adds a paper; Finish makes all of them searchable.
	Add(Doc) error
	Finish() error
	// Ask gives the number of results, 20 at most.
	Ask(corpus.Query) (int, error)
	// Size is what the index takes on disk.
	Size() (int64, error)
}

// Main is the whole program of a peer in Go: open gives its engine for an
// empty folder.
func Main(open func(dir string) (Engine, error)) {
	if err := run(open); err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", filepath.Base(os.Args[0]), err)
		os.Exit(1)
	}
}

func run(open func(dir string) (Engine, error)) error {
	if len(os.Args) != 4 {
		return fmt.Errorf("call it as FOLDER QUERIES SECONDS < PAPERS")
	}
	seconds, err := strconv.ParseFloat(os.Args[3], 64)
	if err != nil {
		return err
	}
	f, err := os.Open(os.Args[2])
	if err != nil {
		return err
	}
	defer f.Close()
	queries, err := ReadQueries(f)
	if err != nil {
		return err
	}
	began := time.Now()
	e, err := open(os.Args[1])
	if err != nil {
		return err
	}
	a := Answer{Name: e.Name()}
	if a.Papers, err = addAll(e, os.Stdin); err != nil {
		return err
	}
	a.BuildSeconds = time.Since(began).Seconds()
	if a.Bytes, err = e.Size(); err != nil {
		return err
	}
	if a.Runs, a.Hits, err = Run(queries, time.Duration(seconds*float64(time.Second)), e.Ask); err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(a)
}

func addAll(e Engine, r io.Reader) (n int, err error) {
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 1<<20), 16<<20)
	for lines.Scan() {
		f := strings.Split(lines.Text(), "\t")
		if len(f) != 6 {
			return n, fmt.Errorf("paper %d has %d cells, want 6", n+1, len(f))
		}
		if err := e.Add(Doc{f[0], f[1], f[2]}); err != nil {
			return n, err
		}
		n++
	}
	if err := lines.Err(); err != nil {
		return n, err
	}
	return n, e.Finish()
}

// Folder is the size of the files in a folder.
func Folder(dir string) (n int64, err error) {
	err = filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			var info fs.FileInfo
			if info, err = d.Info(); err == nil {
				n += info.Size()
			}
		}
		return err
	})
	return n, err
}
