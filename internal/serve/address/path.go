package address

import (
	"net/url"
	"strconv"

	"broadsheet"
	"broadsheet/internal/app"
	"broadsheet/internal/serve/httpkit"
)

// Paths of the site's pages.

// Paper is the page of a paper.
func Paper(id string) string { return "/papers/" + httpkit.EscapePath(id) }

// Year is a page of the archive.
func Year(year int) string { return "/papers/archive/" + strconv.Itoa(year) }

// Hot is the page of what readers look at now.
const Hot = "/papers/hot"

// Front is the page of the newest day.
const Front = "/papers"

// List is the page of a list, without its view.
func List(kind broadsheet.ListKind, key string) string {
	switch kind {
	case broadsheet.ListAnnounced:
		return "/papers/" + key + "?list=announced"
	case broadsheet.ListWeek:
		return "/papers/week/" + key
	case broadsheet.ListMonth:
		return "/papers/month/" + key
	case broadsheet.ListHot:
		return Hot
	case broadsheet.ListAuthor:
		return "/authors/" + url.PathEscape(key)
	case broadsheet.ListOrganization:
		return "/orgs/" + url.PathEscape(key)
	case broadsheet.ListCategory:
		return "/categories/" + url.PathEscape(key)
	case broadsheet.ListSubmitter:
		return "/submitters/" + url.PathEscape(key)
	case broadsheet.ListKeyword:
		return "/keywords/" + url.PathEscape(key)
	}
	return "/papers/" + key
}

// Target is the page that a jump leads to.
func Target(t app.Target) string {
	switch t.Kind {
	case app.TargetDay:
		return List(broadsheet.ListDay, t.Key)
	case app.TargetWeek:
		return List(broadsheet.ListWeek, t.Key)
	case app.TargetMonth:
		return List(broadsheet.ListMonth, t.Key)
	case app.TargetYear:
		return "/papers/archive/" + t.Key
	case app.TargetCategory:
		return List(broadsheet.ListCategory, t.Key)
	case app.TargetAuthor:
		return List(broadsheet.ListAuthor, t.Key)
	case app.TargetOrganization:
		return List(broadsheet.ListOrganization, t.Key)
	}
	return Paper(t.Key)
}
