package feeds

import (
	"bytes"
	"encoding/json"
)

// The objects of JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/), with
// the fields that are written here.
type (
	jsonDocument struct {
		Version     string       `json:"version"`
		Title       string       `json:"title"`
		HomePageURL string       `json:"home_page_url"`
		FeedURL     string       `json:"feed_url"`
		Description string       `json:"description"`
		NextURL     string       `json:"next_url,omitempty"`
		Favicon     string       `json:"favicon"`
		Authors     []jsonPerson `json:"authors"`
		Language    string       `json:"language"`
		Items       []jsonItem   `json:"items"`
	}
	jsonPerson struct {
		Name string `json:"name"`
		URL  string `json:"url,omitempty"`
	}
	jsonItem struct {
		ID            string       `json:"id"`
		URL           string       `json:"url"`
		ExternalURL   string       `json:"external_url,omitempty"`
		Title         string       `json:"title"`
		ContentHTML   string       `json:"content_html"`
		Summary       string       `json:"summary,omitempty"`
		DatePublished string       `json:"date_published"`
		DateModified  string       `json:"date_modified"`
		Authors       []jsonPerson `json:"authors,omitempty"`
		Tags          []string     `json:"tags,omitempty"`
	}
)

// jsonFeed writes a feed as JSON Feed 1.1.
func jsonFeed(f *feed) ([]byte, error) {
	out := jsonDocument{Version: "https://jsonfeed.org/version/1.1", Title: f.title, HomePageURL: f.page, FeedURL: f.self, Description: f.subtitle,
		NextURL: f.next, Favicon: f.icon, Authors: []jsonPerson{{f.site.name, f.site.page}}, Language: "en", Items: make([]jsonItem, len(f.entries))}
	for i := range f.entries {
		e := &f.entries[i]
		item := jsonItem{ID: e.id, URL: e.page, ExternalURL: e.source, Title: e.title, ContentHTML: e.content, Summary: e.summary,
			DatePublished: moment(e.published), DateModified: moment(e.updated)}
		for _, a := range e.authors {
			item.Authors = append(item.Authors, jsonPerson{a.name, a.page})
		}
		for _, t := range e.tags {
			item.Tags = append(item.Tags, t.term)
		}
		out.Items[i] = item
	}
	b := bytes.NewBuffer(make([]byte, 0, f.size()))
	enc := json.NewEncoder(b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(out)
	return b.Bytes(), err
}
