package index

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"broadsheet/internal/lib/checksum"
)

// format is of everything in this package; segments have their own.
const format = 1

// manifest says what belongs to a generation.
type manifest struct {
	Number   uint64   `json:"number"` // one more with every commit
	Setup    Setup    `json:"setup"`
	Cursor   string   `json:"cursor"`   // of the change feed: everything up to it is in
	Complete bool     `json:"complete"` // the feed's end was reached once
	NextFile uint64   `json:"nextFile"`
	Segments []entry  `json:"segments"`
	Damaged  []Damage `json:"damaged,omitempty"`
}

// entry is a segment in a manifest.
type entry struct {
	File    string `json:"file"`
	Docs    int    `json:"docs"`
	Bytes   int64  `json:"bytes"`
	Deletes string `json:"deletes,omitempty"` // file; "" while all documents live
	Dead    int    `json:"dead,omitempty"`
}

// Damage is a segment that was set aside.
type Damage struct {
	File   string    `json:"file"`
	Docs   int       `json:"docs"` // that were in it, dead ones too
	Reason string    `json:"reason"`
	At     time.Time `json:"at"`
}

func (m *manifest) empty() bool { return len(m.Segments) == 0 && len(m.Damaged) == 0 }

// clone is a copy that can be changed.
func (m *manifest) clone() manifest {
	c := *m
	c.Segments, c.Damaged = slices.Clone(m.Segments), slices.Clone(m.Damaged)
	return c
}

// files are the names that it needs.
func (m *manifest) files(into map[string]bool) {
	for _, e := range m.Segments {
		into[e.File] = true
		if e.Deletes != "" {
			into[e.Deletes] = true
		}
	}
}

const manifestPrefix = "MANIFEST-"

func manifestName(n uint64) string { return fmt.Sprintf("%s%08d", manifestPrefix, n) }
func segmentName(n uint64) string  { return fmt.Sprintf("%06d.seg", n) }
func deletesName(segment string, manifest uint64) string {
	return fmt.Sprintf("%s-%08d.del", strings.TrimSuffix(segment, ".seg"), manifest)
}

// encode writes v under a line with its checksum.
func encode(v any) []byte {
	body, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		panic(fmt.Sprintf("index: %v cannot be JSON: %v", v, err)) // plain structs
	}
	body = append(body, '\n')
	return append(fmt.Appendf(nil, "broadsheet index %d %08x %d\n", format, checksum.Of(body), len(body)), body...)
}

var (
	errDamaged = errors.New("does not match its checksum")
	errFormat  = errors.New("is of another version of the program")
)

// decode reads what encode wrote.
func decode(data []byte, v any) error {
	head, body, ok := strings.Cut(string(data), "\n")
	var have int
	var sum uint32
	var n int
	if _, err := fmt.Sscanf(head, "broadsheet index %d %08x %d", &have, &sum, &n); err != nil || !ok {
		return errDamaged
	}
	switch {
	case len(body) != n || checksum.Of([]byte(body)) != sum:
		return errDamaged
	case have != format:
		return fmt.Errorf("%w (form %d)", errFormat, have)
	}
	return json.Unmarshal([]byte(body), v)
}

// readManifests reads the newest whole manifest of a generation and the one
// before, whose Number is 0 where there is none. spoilt are files that cannot be
// used. The error is errLost's kind where there is no whole one.
func readManifests(dir string) (newest, before manifest, spoilt []string, err error) {
	numbers, err := manifestNumbers(dir)
	if err != nil {
		return newest, before, nil, err
	}
	why := errors.New("there is no manifest")
	for _, n := range slices.Backward(numbers) {
		var m manifest
		if err := readManifest(dir, n, &m); err != nil {
			if !errors.Is(err, errDamaged) && !errors.Is(err, errFormat) {
				return newest, before, nil, err
			}
			why = err
			spoilt = append(spoilt, manifestName(n))
			continue
		}
		if newest.Number == 0 {
			newest = m
			continue
		}
		return newest, m, spoilt, nil
	}
	if newest.Number == 0 {
		return newest, before, spoilt, fmt.Errorf("%w: %w", errLost, why)
	}
	return newest, before, spoilt, nil
}

func readManifest(dir string, n uint64, m *manifest) error {
	data, err := os.ReadFile(filepath.Join(dir, manifestName(n)))
	if errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err != nil {
		return fmt.Errorf("%s: %w: %w", manifestName(n), errDamaged, err) // a bad block of the disk
	}
	if err := decode(data, m); err != nil {
		if !errors.Is(err, errFormat) {
			err = errDamaged
		}
		return fmt.Errorf("%s %w", manifestName(n), err)
	}
	if m.Number != n {
		return fmt.Errorf("%s %w: it is number %d", manifestName(n), errDamaged, m.Number)
	}
	return nil
}

// manifestNumbers are those of the manifests in a folder, ascending.
func manifestNumbers(dir string) ([]uint64, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var out []uint64
	for _, e := range entries {
		if text, ok := strings.CutPrefix(e.Name(), manifestPrefix); ok {
			if n, err := strconv.ParseUint(text, 10, 64); err == nil && n > 0 {
				out = append(out, n)
			}
		}
	}
	slices.Sort(out)
	return out, nil
}
