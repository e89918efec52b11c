package web

import (
	"bytes"
	"cmp"
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"path"
	"strings"

	"broadsheet/internal/app"
	"broadsheet/internal/serve/address"
	"broadsheet/internal/serve/httpkit"
)

// Options are what the pages need.
type Options struct {
	App     *app.App
	Name    string // of the site, default "Broadsheet"
	Tagline string // a line under the name, default below
	BaseURL string // as readers write it, for canonical links; "" leaves them out
	Address string // of the site in commands that a reader may copy, default BaseURL
}

const defaultTagline = "The daily papers, chosen by those who read them"

// Web makes the site's pages.
type Web struct {
	app     *app.App
	name    string
	tagline string
	base    string
	address string
	assets  *httpkit.Assets
	pages   *template.Template
	typeset *typesetter
	cookies httpkit.Cookies
	has     map[string]bool // patterns of the pages that there are
}

//go:embed template/*.html
var templates embed.FS

//go:embed static
var static embed.FS

//go:embed icon.svg
var icon []byte

// New parses the templates and the assets.
func New(o Options) (*Web, error) {
	files, err := fs.Sub(static, "static")
	if err != nil {
		return nil, err
	}
	assets, err := httpkit.NewAssets(files)
	if err != nil {
		return nil, fmt.Errorf("web assets: %w", err)
	}
	// A page asks for one sheet and one script, whatever stands on it.
	assets.Join("style.css", "talk.css", "admin.css")
	assets.Join("site.js", "talk.js", "passkey.js")
	w := &Web{app: o.App, name: cmp.Or(o.Name, "Broadsheet"), tagline: cmp.Or(o.Tagline, defaultTagline),
		base: strings.TrimSuffix(o.BaseURL, "/"), address: strings.TrimSuffix(cmp.Or(o.Address, o.BaseURL), "/"), assets: assets, typeset: newTypesetter(typesetBytes),
		cookies: httpkit.CookiesOf(cmp.Or(o.BaseURL, o.Address))}
	if w.pages, err = parse(templates); err != nil {
		return nil, fmt.Errorf("web templates: %w", err)
	}
	return w, nil
}

// parse reads all templates, without the white space that only their authors need.
func parse(fsys fs.FS) (*template.Template, error) {
	t := template.New("").Funcs(functions)
	names, err := fs.Glob(fsys, "template/*.html")
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		text, err := fs.ReadFile(fsys, name)
		if err != nil {
			return nil, err
		}
		if _, err := t.New(path.Base(name)).Parse(tighten(string(text))); err != nil {
			return nil, err
		}
	}
	return t, nil
}

// tighten trims a template's lines and joins them.
func tighten(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		b.WriteString(strings.TrimSpace(line))
	}
	return b.String()
}

// render writes a page. It is rendered whole before any of it is sent.
func (w *Web) render(rw http.ResponseWriter, name string, page any) error {
	var b bytes.Buffer
	w.seat(rw, page)
	if err := w.pages.ExecuteTemplate(&b, name, page); err != nil {
		return fmt.Errorf("render %s: %w", name, err)
	}
	rw.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, err := rw.Write(unturned(b.Bytes()))
	return err
}

// frame is what stands around the content of every page.
type frame struct {
	Site        string
	Tagline     string
	Title       string // of the page, without the site's name
	Description string
	Canonical   string     // address as readers write it; "" where the site does not know its own
	Prev, Next  string     // paths of neighbouring pages, for rel=prev and rel=next
	Feeds       *feedLinks // nil for none
	Markdown    string     // path of the page as Markdown, "" for none
	Cite        string     // path of the list's citations
	Mail        string     // path of the form that orders the list by mail, "" for none
	Letters     bool       // the site sends mail
	Banner      bool       // with the short form for it at the top
	Card        string     // whole address of the picture for sites that show a link to the page
	Scholar     *scholar   // of a paper
	NoIndex     bool
	Here        string  // the entry of the navigation that this page belongs to
	Week, Month string  // paths that these entries lead to
	Front       bool    // the name stands large
	Search      bool    // the page has a box of its own
	Reader      *reader // filled by render
	Sheet       string  // style.css, or a file that holds it and more
	Script      string
}

// frame is the frame of a page; one that has nothing to say of itself is described
// by its title.
func (w *Web) frame(title, description, canonical string) frame {
	if description == "" {
		description = w.name + ": " + title
	}
	return frame{Site: w.name, Tagline: w.tagline, Title: title, Description: description, Canonical: w.canonical(canonical),
		Card: w.canonical(address.SiteCard), Week: "/papers/week", Month: "/papers/month", Letters: w.app.Subscribes(), Reader: &reader{},
		Sheet: w.assets.URL("style.css"), Script: w.assets.URL("site.js")}
}

// canonical is a path's whole address; search engines take no other.
func (w *Web) canonical(path string) string {
	if w.base == "" {
		return ""
	}
	return w.base + path
}
