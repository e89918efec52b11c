package httpkit

import "net/http"

// New gives the handler of a site with these routes. A wrong table is a
// programmer's error and panics.
func New(routes []Route, o Options) *Handler {
	h := &Handler{routes: routes, mux: http.NewServeMux()}
	return h
}

// Handler serves a site.
type Handler struct {
	routes []Route
	mux    *http.ServeMux
}

// Routes is the table that the handler was made from.
func (h *Handler) Routes() []Route { return h.routes }

func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) { h.mux.ServeHTTP(w, r) }
