package httpkit

import (
	"fmt"
	"net/http"
	"strings"
	"time"
)

// HandlerFunc answers a request: it parses, makes one call to the application,
// fills a struct and writes to w, which is memory. What it wrote is dropped when
// it returns an error, whose Kind decides the status.
type HandlerFunc func(w http.ResponseWriter, r *http.Request) error

// ErrorFunc writes the page that shows err. Header and body are its to write;
// the status is Status(err), whatever it says.
type ErrorFunc func(w http.ResponseWriter, r *http.Request, err error)

// RouteKind says who may see an answer and how long it may be kept.
type RouteKind int

const (
	// Page is public and the same for everybody who is not signed in: HTML,
	// text, JSON, feeds. It is cached here and by browsers and proxies. Its
	// handler gets a request without headers, body, cookies or address. Where
	// Personal is set, it is called anew for each who is signed in, with the reader
	// in the context, and that answer is stored by nobody.
	Page RouteKind = iota
	// Asset never changes under its URL, which holds its hash.
	Asset
	// Private depends on the reader and is never stored by anybody.
	Private
	// Action changes state. It has a mutating method, and only it has.
	Action
	// Plain is for machines that watch the program: health and metrics. It is
	// neither cached nor stored.
	Plain
)

var kindNames = [...]string{"page", "asset", "private", "action", "plain"}

func (k RouteKind) String() string { return kindNames[k] }

// Route is a line of the table from which New builds the site.
type Route struct {
	Method  string // GET (HEAD comes with it), or POST, PUT, PATCH, DELETE for an Action
	Pattern string // path as in http.ServeMux, without method or host; its end is not a slash, but for "/{$}"
	Kind    RouteKind
	Handle  HandlerFunc

	// Query names the parameters that a Page reads, "name" or "name=default".
	// Others never reach the handler and do not make another page in the cache;
	// neither do empty values and defaults.
	Query []string
	// Offers are media types among which a Page chooses by the request's Accept,
	// the best first; the handler finds the chosen one in the Accept header. With
	// none, the handler sees no Accept.
	Offers []string
	// MaxAge is how long browsers and proxies may keep a Page without asking,
	// default DefaultMaxAge; Revalidate has them ask each time. A handler may set
	// Cache-Control itself instead.
	MaxAge time.Duration
	// CORS lets scripts of other sites read the answers of a public GET.
	CORS bool
	// CrossOrigin takes an Action also from pages of other sites: one whose address
	// proves what it may do, such as the signed link of RFC 8058's one click, which a
	// mailbox's own page may send. Its handler sees neither cookies nor Authorization,
	// so a browser lends the other site no rights of its reader.
	CrossOrigin bool
	// MaxBody is the most bytes an Action's body may have, default DefaultMaxBody.
	MaxBody int64
	// Suffix makes the route another form of what Pattern names, found at that
	// address with the suffix at the end, such as ".atom". Only a Page has one.
	Suffix string
	// Type is the media type of a form. Who asks for the Page of the same Pattern
	// and prefers this type in Accept gets the form.
	Type string
	// Limit names the limit of Options.Limits that requests count against.
	Limit string
	// Lane names a lane that the route's work goes through, one request at a time,
	// beside the lanes of pages: for what is costly and no reader waits for. An
	// Action without one has none.
	Lane string
	// Strict refuses parameters that Query does not name: a program that mistypes
	// one is told so.
	Strict bool
	// Right names what a person must be allowed to do here, in the application's
	// words; the application checks it, tests walk the table by it. A Page needs none.
	Right string
	// Token makes an API token in Authorization the only way to say who asks: for
	// programs. A cookie counts for nothing, so that no page has anything to act with.
	Token bool
	// Personal gives a Page another shape for who is signed in; see Options.Identify.
	Personal bool
	// Error shows this route's errors instead of Options.Error.
	Error ErrorFunc
}

// Defaults of a Route.
const (
	DefaultMaxAge  = time.Minute
	Revalidate     = -time.Second // as Route.MaxAge
	DefaultMaxBody = 256 << 10
)

// check finds programmer's errors in the table.
func (rt Route) check() error {
	mutates := false
	switch rt.Method {
	case http.MethodGet:
	case http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete:
		mutates = true
	default:
		return fmt.Errorf("method %q", rt.Method)
	}
	switch {
	case mutates != (rt.Kind == Action):
		return fmt.Errorf("kind %s with method %s", rt.Kind, rt.Method)
	case !strings.HasPrefix(rt.Pattern, "/"):
		return fmt.Errorf("pattern does not begin with a slash")
	case strings.HasSuffix(rt.Pattern, "/"):
		return fmt.Errorf("pattern ends with a slash")
	case rt.Handle == nil:
		return fmt.Errorf("no handler")
	case rt.CORS && (rt.Kind == Private || rt.Kind == Action):
		return fmt.Errorf("other sites may not read what is private")
	case rt.Personal && rt.Kind != Page:
		return fmt.Errorf("personal on kind %s", rt.Kind)
	case rt.Token && rt.Kind != Private && rt.Kind != Action:
		return fmt.Errorf("token on kind %s", rt.Kind)
	case rt.CrossOrigin && rt.Kind != Action:
		return fmt.Errorf("cross-origin on kind %s, which changes nothing", rt.Kind)
	case len(rt.Offers) > 0 && rt.Kind != Page:
		return fmt.Errorf("offers on kind %s", rt.Kind)
	}
	return checkForm(rt)
}
