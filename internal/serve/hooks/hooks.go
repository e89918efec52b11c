// Package hooks takes what other services post here. So far these are mail
// services, which tell what came back of mails:
//
//	POST /hooks/mail/{service}    postmark, mailgun, sendgrid or ses
//
// The answer is 204 where it was taken in, 404 for a service that is not set up,
// 403 for a signature that is not right, 400 for what is not its form, and 503
// or 500 where the service shall try again. Services send no Origin, so that a
// browser's page, of whichever site, cannot post here.
package hooks

import (
	"io"
	"net/http"

	"broadsheet/internal/app"
	"broadsheet/internal/serve/httpkit"
)

// Surface takes posts.
type Surface struct{ app *app.App }

// New makes the surface.
func New(a *app.App) *Surface { return &Surface{a} }

// maxBody is the largest post, in bytes.
const maxBody = 4 << 20

// Routes are the addresses that services post to.
func (s *Surface) Routes() []httpkit.Route {
	return []httpkit.Route{{Method: http.MethodPost, Pattern: "/hooks/mail/{service}", Kind: httpkit.Action, MaxBody: maxBody, Handle: s.mail, Right: string(app.RightOpen), Error: plain}}
}

func (s *Surface) mail(w http.ResponseWriter, r *http.Request) error {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return err
	}
	if err := s.app.Returned(r.Context(), r.PathValue("service"), r.Header, body); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// plain tells a program what was wrong.
func plain(w http.ResponseWriter, _ *http.Request, err error) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = io.WriteString(w, httpkit.PublicText(err)+"\n") // to memory
}
