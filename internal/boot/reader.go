package boot

import (
	"errors"

	"broadsheet"
	"broadsheet/internal/app"
	"broadsheet/internal/config"
	"broadsheet/internal/search"
	"broadsheet/internal/search/index"
	"broadsheet/internal/serve/mcp"
	"broadsheet/internal/store"
)

// Reader is the use cases over a site's data, for reading only: it takes no lock
// and may run beside the program that serves the site, and for days. What that
// one stores and indexes is seen within a second.
type Reader struct {
	App *app.App

	store     *store.Store
	view      *index.View // nil: nothing can be searched
	elsewhere *Elsewhere
}

// OpenReader opens a site's data. s is open for reading, and Close closes it. A
// site without an index answers lists, and says of searches why there are none.
func OpenReader(s *store.Store, c *config.Config, o Options) (r *Reader, err error) {
	r = &Reader{store: s, elsewhere: NewElsewhere(s, c, o, nil)}
	ao := app.Options{Store: s, Zone: c.Site.TimeZone}
	r.view, err = index.OpenView(IndexDir(c), o.Log)
	switch {
	case err == nil:
		models, merr := NewModels(r.elsewhere)
		if merr != nil {
			return nil, errors.Join(merr, r.Close())
		}
		ao.Finder = search.New(search.Options{Index: r.view, Embed: models.Query, Papers: s})
	case broadsheet.KindOf(err) == broadsheet.NotFound:
		o.Log.Warn("nothing can be searched", "error", err)
	default:
		return nil, errors.Join(err, r.Close())
	}
	if r.App, err = app.New(ao); err != nil {
		return nil, errors.Join(err, r.Close())
	}
	return r, nil
}

// Close closes the data; nothing may read any more.
func (r *Reader) Close() error {
	var err error
	if r.view != nil {
		err = r.view.Close()
	}
	r.elsewhere.Close()
	return errors.Join(err, r.store.Close())
}

// NewMCP is the site's MCP server, over its use cases.
func NewMCP(a *app.App, c *config.Config, o Options) *mcp.MCP {
	return mcp.New(mcp.Options{Source: mcp.Site(a, c.Address()), Acts: mcp.SiteActs(a, c.Address()), Name: c.Site.Title, BaseURL: c.Site.URL, Version: o.Version, Log: o.Log})
}
