package transfer

import (
	"cmp"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"broadsheet"
	"broadsheet/internal/lib/clean"
)

// stdinName is what messages call the path "-".
const stdinName = "standard input"

// file is one thing to read.
type file struct {
	path   string // "-" is standard input
	name   string // in messages and references: without the folders above what was named
	size   int64  // bytes as stored; 0 unknown
	inside bool   // found in a folder, not named
}

// expand finds the files that paths mean: what is in a folder is read in the
// order of names, hidden files are left out.
func expand(paths []string, opt Options) ([]file, error) {
	if len(paths) == 0 {
		return nil, broadsheet.InvalidField("file", "nothing to import", "name files, folders or - for standard input")
	}
	var files []file
	for _, path := range paths {
		if path == "-" {
			if opt.Stdin == nil || slices.ContainsFunc(files, func(f file) bool { return f.path == "-" }) {
				return nil, broadsheet.InvalidField("file", "standard input cannot be read here, or not twice", "name a file")
			}
			files = append(files, file{path: "-", name: stdinName})
			continue
		}
		info, err := os.Stat(path)
		if err != nil {
			return nil, cannotRead(path, err)
		}
		if !info.IsDir() {
			files = append(files, file{path: path, name: refName(filepath.Base(path)), size: info.Size()})
			continue
		}
		found, err := walk(path)
		if err != nil {
			return nil, cannotRead(path, err)
		}
		files = append(files, found...)
	}
	return files, nil
}

func walk(root string) ([]file, error) {
	var files []file
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case path != root && strings.HasPrefix(d.Name(), "."):
			if d.IsDir() {
				return filepath.SkipDir
			}
			return nil
		case !d.Type().IsRegular():
			return nil
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		files = append(files, file{path: path, name: refName(filepath.ToSlash(rel)), size: info.Size(), inside: true})
		return nil
	})
	return files, err
}

// cannotRead is an error about a file with the reason that the system gives.
func cannotRead(path string, err error) error {
	kind := broadsheet.Unavailable
	if os.IsNotExist(err) {
		kind = broadsheet.NotFound
	}
	var pe *fs.PathError
	if asError(err, &pe) {
		err = pe.Err
	}
	return &broadsheet.Error{Kind: kind, Field: "file", Text: "cannot read " + refName(path), Err: err}
}

// refName makes a file's name fit to be printed and stored.
func refName(name string) string { return clean.Clip(clean.Line(name), 300) }

func quote(s string) string { return strconv.Quote(clean.Clip(s, 60)) }

// meter counts the bytes that are read of a file as it is stored.
type meter struct {
	r    io.Reader
	at   io.ReaderAt
	size int64 // 0 unknown
	n    int64
}

func (m *meter) Read(p []byte) (int, error) {
	n, err := m.r.Read(p)
	m.n += int64(n)
	return n, err
}

// ReadAt counts as well: the members of a zip are read through it, in turn.
func (m *meter) ReadAt(p []byte, off int64) (int, error) {
	n, err := m.at.ReadAt(p, off)
	m.n += int64(n)
	return n, err
}

// done is how much was read. The directory of a zip is read besides its
// members, so it is held to the size.
func (m *meter) done() int64 {
	if m.size > 0 {
		return min(m.n, m.size)
	}
	return m.n
}

var dayInName = regexp.MustCompile(`(?:^|[^0-9])(\d{4}-\d{2}-\d{2})(?:[^0-9]|$)`)

// dayOf is the day that a file's name bears, "" where it bears none.
func dayOf(name string) (broadsheet.Day, error) {
	m := dayInName.FindStringSubmatch(cmp.Or(name[strings.LastIndexByte(name, '/')+1:], name))
	if m == nil {
		return "", nil
	}
	day, err := broadsheet.ParseDay(m[1])
	if err != nil {
		return "", &broadsheet.Error{Kind: broadsheet.Invalid, Field: "file", Text: fmt.Sprintf("the name %s holds no calendar day", name),
			Fix: "name the file by its day, as 2024-05-27.json"}
	}
	return day, nil
}
