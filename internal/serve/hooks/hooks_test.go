package hooks_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"broadsheet"
	"broadsheet/internal/app"
	"broadsheet/internal/serve/hooks"
	"broadsheet/internal/serve/httpkit"
	"broadsheet/internal/store/storetest"
)

// services takes posts of "mailgun" with the body "signed".
type services struct{ taken int }

func (s *services) Take(_ context.Context, service string, header http.Header, body []byte) error {
	switch {
	case service != "mailgun":
		return broadsheet.Errorf(broadsheet.NotFound, "no such mail service is set up here")
	case string(body) == "broken":
		return broadsheet.Errorf(broadsheet.Internal, "the secret hunter22 is broken")
	case string(body) != "signed" || header.Get("Authorization") != "Basic x":
		return broadsheet.Errorf(broadsheet.Denied, "the signature is not right")
	}
	s.taken++
	return nil
}

// Security line 42: webhooks in.
func TestPost(t *testing.T) {
	for _, c := range []struct {
		what, method, path, body string
		header                   []string
		none                     bool // no service is set up
		want                     int
		taken                    int
	}{
		{"right", "POST", "/hooks/mail/mailgun", "signed", nil, false, 204, 1},
		{"wrong", "POST", "/hooks/mail/mailgun", "forged", nil, false, 403, 0},
		{"broken", "POST", "/hooks/mail/mailgun", "broken", nil, false, 500, 0},
		{"no such service", "POST", "/hooks/mail/postmark", "signed", nil, false, 404, 0},
		{"no service at all", "POST", "/hooks/mail/mailgun", "signed", nil, true, 404, 0},
		{"another site's page", "POST", "/hooks/mail/mailgun", "signed", []string{"Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example"}, false, 403, 0},
		{"read", "GET", "/hooks/mail/mailgun", "", nil, false, 405, 0},
		{"too large", "POST", "/hooks/mail/mailgun", strings.Repeat("x", 4<<20+1), nil, false, 413, 0},
	} {
		s := &services{}
		o := app.Options{Store: storetest.Open(t), Hooks: s}
		if c.none {
			o.Hooks = nil
		}
		a, err := app.New(o)
		if err != nil {
			t.Fatal(err)
		}
		h := httpkit.New(hooks.New(a).Routes(), httpkit.Options{})
		r := httptest.NewRequest(c.method, c.path, strings.NewReader(c.body))
		r.Header.Set("Authorization", "Basic x")
		for i := 0; i+1 < len(c.header); i += 2 {
			r.Header.Set(c.header[i], c.header[i+1])
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != c.want || s.taken != c.taken {
			t.Errorf("%s: got %d %q and %d taken, want %d and %d", c.what, w.Code, w.Body, s.taken, c.want, c.taken)
		}
		if strings.Contains(w.Body.String(), "hunter22") {
			t.Errorf("%s: told %q", c.what, w.Body)
		}
	}
}
