package app

import (
	"context"
	"net/http"

	"broadsheet"
)

// Hooks takes in what mail services post; it is *hook.Hooks.
type Hooks interface {
	Take(ctx context.Context, service string, header http.Header, body []byte) error
}

// Returned takes in what a mail service posted about mails: what came back of
// them. The post itself proves who sent it. It is NotFound for a service that is
// not set up here, Denied for a signature that is not right.
func (a *App) Returned(ctx context.Context, service string, header http.Header, body []byte) error {
	if a.hooks == nil {
		return broadsheet.Errorf(broadsheet.NotFound, "no such mail service is set up here")
	}
	return a.hooks.Take(ctx, service, header, body)
}
