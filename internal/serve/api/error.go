package api

import (
	"encoding/json"
	"errors"
	"net/http"

	"broadsheet"
	"broadsheet/client"
	"broadsheet/internal/serve/httpkit"
)

// problem is what a status is called: the anchor in the text about errors, and
// a title.
type problem struct{ anchor, title string }

var problems = map[int]problem{
	http.StatusBadRequest:            {"invalid", "Invalid request"},
	http.StatusUnauthorized:          {"token", "Needs an API token"},
	http.StatusForbidden:             {"denied", "Not allowed"},
	http.StatusNotFound:              {"not-found", "Not found"},
	http.StatusMethodNotAllowed:      {"method", "Method not allowed"},
	http.StatusConflict:              {"conflict", "Conflict"},
	http.StatusRequestURITooLong:     {"invalid", "Address too long"},
	http.StatusRequestEntityTooLarge: {"invalid", "Body too large"},
	http.StatusTooManyRequests:       {"limited", "Too many requests"},
	http.StatusServiceUnavailable:    {"unavailable", "Not available now"},
}

// Error writes err as a problem document (RFC 9457).
func (a *API) Error(w http.ResponseWriter, _ *http.Request, err error) {
	p, ok := problems[httpkit.Status(err)]
	if !ok {
		p = problem{"internal", "Internal error"}
	}
	out := client.Error{Type: a.base + "/api#" + p.anchor, Title: p.title, Status: httpkit.Status(err), Detail: httpkit.PublicText(err)}
	var e *broadsheet.Error
	if errors.As(err, &e) && e.Kind != broadsheet.Internal {
		out.Detail, out.Field, out.Fix = e.Text, e.Field, e.Fix
	}
	if out.Status == http.StatusNotFound && out.Fix == "" {
		out.Fix = "see " + a.base + "/api for what there is"
	}
	w.Header().Set("Content-Type", "application/problem+json")
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(out) // into memory
}

// rename gives the fields of errors the names that parameters have here.
func rename(err error, names map[string]string) error {
	var e *broadsheet.Error
	if !errors.As(err, &e) || names[e.Field] == "" {
		return err
	}
	named := *e
	named.Field = names[e.Field]
	return &named
}
