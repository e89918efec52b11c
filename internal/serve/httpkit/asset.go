package httpkit

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"
)

// Assets are files that are served under /static/, each under a name that holds
// its hash, so that browsers may keep it for ever.
type Assets struct {
	urls  map[string]string // by the file's name
	files map[string]file   // by the name with hash
}

type file struct {
	kind string // Content-Type
	body []byte
}

const assetPrefix = "/static/"

// assetTypes are the types of files that may be served. A fixed list: what the
// machine's own says of an ending must not matter.
var assetTypes = map[string]string{
	".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml; charset=utf-8",
	".txt": "text/plain; charset=utf-8", ".json": "application/json; charset=utf-8", ".xml": "application/xml; charset=utf-8",
	".webmanifest": "application/manifest+json; charset=utf-8",
	".png":         "image/png", ".jpg": "image/jpeg", ".webp": "image/webp", ".avif": "image/avif", ".gif": "image/gif", ".ico": "image/x-icon",
}

// NewAssets reads all files of fsys, which must fit into memory. A file whose
// ending it does not know is an error.
func NewAssets(fsys fs.FS) (*Assets, error) {
	a := &Assets{urls: map[string]string{}, files: map[string]file{}}
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		ext := path.Ext(name)
		kind := assetTypes[ext]
		if kind == "" {
			return fmt.Errorf("%s: no media type is known for %q", name, ext)
		}
		body, err := fs.ReadFile(fsys, name)
		if err != nil {
			return err
		}
		a.put(name, file{kind, body})
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read assets: %w", err)
	}
	return a, nil
}

// put serves a file under its name and a hash of what it holds.
func (a *Assets) put(name string, f file) {
	ext, sum := path.Ext(name), sha256.Sum256(f.body)
	hashed := strings.TrimSuffix(name, ext) + "." + hex.EncodeToString(sum[:8]) + ext
	a.urls[name] = assetPrefix + escapePath(hashed) // no form of anything: its dot stays
	a.files[hashed] = f
}

// Join puts the text of one file before that of others, so that a page which needs
// both asks once. It panics where there is no such file, as URL does.
func (a *Assets) Join(first string, others ...string) {
	text := func(name string) file {
		at, err := url.PathUnescape(strings.TrimPrefix(a.URL(name), assetPrefix))
		if err != nil {
			panic("httpkit: " + err.Error())
		}
		return a.files[at]
	}
	before := text(first)
	for _, name := range others {
		f := text(name)
		a.put(name, file{f.kind, slices.Concat(before.body, []byte("\n"), f.body)})
	}
}

// URL is the path under which the file of that name is served:
// "style.css" gives /static/style.0123456789abcdef.css. It panics where there is
// no such file: only templates of this program name them.
func (a *Assets) URL(name string) string {
	u, ok := a.urls[name]
	if !ok {
		panic("httpkit: no asset " + name)
	}
	return u
}

// Routes serve the files.
func (a *Assets) Routes() []Route {
	return []Route{{Method: http.MethodGet, Pattern: assetPrefix + "{name...}", Kind: Asset,
		Handle: func(w http.ResponseWriter, r *http.Request) error {
			f, ok := a.files[r.PathValue("name")]
			if !ok {
				return errNoSuchPath
			}
			w.Header().Set("Content-Type", f.kind)
			_, err := w.Write(f.body)
			return err
		}}}
}
