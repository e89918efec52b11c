package api

import (
	"net/http"
	"strconv"

	"broadsheet"
	"broadsheet/client"
	"broadsheet/internal/app"
)

func (a *API) me(w http.ResponseWriter, r *http.Request) error {
	by := by(r)
	account, err := a.app.WhoAsks(by)
	if err != nil {
		return err
	}
	unread, err := a.app.Unread(r.Context(), by)
	if err != nil {
		return err
	}
	out := client.Me{Name: account.Name, FullName: account.FullName, Role: string(account.Role), State: string(account.State), Scopes: []string{},
		Unread: unread, URL: a.person(account.Name)}
	for _, s := range by.Scopes {
		out.Scopes = append(out.Scopes, string(s))
	}
	return write(w, out)
}

// person is the page of somebody with an account.
func (a *API) person(name string) string { return a.base + "/people/" + name }

// memberOf is who wrote something.
func memberOf(c *broadsheet.Commenter) client.Member {
	if c.Gone() {
		return client.Member{Deleted: true}
	}
	m := client.Member{Name: c.Name, FullName: c.FullName}
	if c.Role != broadsheet.RoleMember {
		m.Role = string(c.Role)
	}
	return m
}

// Scopes of cursors that need nothing beside them.
const (
	notificationScope = "notifications"
	throughScope      = "notifications through"
	submissionScope   = "submissions"
)

func (a *API) notifications(w http.ResponseWriter, r *http.Request) error {
	before, err := rowOf(notificationScope, r.URL.Query().Get("cursor"))
	if err != nil {
		return err
	}
	list, more, err := a.app.Notifications(r.Context(), by(r), before)
	if err != nil {
		return err
	}
	unread, err := a.app.Unread(r.Context(), by(r))
	if err != nil {
		return err
	}
	out := client.Notifications{Items: make([]client.Notification, len(list)), Unread: unread}
	for i := range list {
		n := &list[i]
		out.Items[i] = client.Notification{Kind: string(n.Kind), Text: app.Sentence(n), Actor: n.Actor, Paper: n.Paper, Comment: n.Comment, Detail: n.Detail,
			At: n.At, Read: !n.ReadAt.IsZero()}
	}
	if len(list) > 0 {
		out.Through = string(rowCursor(throughScope, list[0].ID))
	}
	if more {
		out.Next = rowCursor(notificationScope, list[len(list)-1].ID)
	}
	a.follow(w, r, out.Next)
	return write(w, out)
}

func (a *API) readNotifications(w http.ResponseWriter, r *http.Request) error {
	if err := app.Allowed(by(r), app.RightRead); err != nil {
		return err
	}
	in, err := read[client.ReadThrough](r)
	if err != nil {
		return err
	}
	through, err := rowOf(throughScope, in.Through)
	if err != nil || through == 0 {
		return broadsheet.InvalidField("through", "names no notification", "send through as the answer of notifications has it")
	}
	return done(w, a.app.ReadNotifications(r.Context(), by(r), through))
}

// rowCursor is the cursor of a row; row numbers are not shown as such.
func rowCursor(scope string, row int64) client.Cursor {
	return seal(scope, strconv.FormatInt(row, 36))
}

// rowOf reads it; 0 for "".
func rowOf(scope, cursor string) (int64, error) {
	place, err := unseal(scope, cursor)
	if err != nil || place == "" {
		return 0, err
	}
	return placeNumber(place, 36)
}

// pageOf reads the cursor of a numbered page; 1 for "".
func pageOf(scope, cursor string) (int, error) {
	place, err := unseal(scope, cursor)
	if err != nil || place == "" {
		return 1, err
	}
	n, err := placeNumber(place, 10)
	return int(min(n, broadsheet.MaxOffset)), err
}
