package app

import (
	"context"
	"errors"
	"time"

	"broadsheet"
	"broadsheet/internal/lib/seal"
	"broadsheet/internal/store"
)

// Options are what the use cases stand on.
type Options struct {
	Store *store.Store
	// Finder is the search engine; nil answers that there is none yet.
	Finder Finder
	// Index tells how the index is doing that Finder searches; nil: nothing to tell.
	Index func(context.Context) (*IndexState, error)
	Post  *Post     // nil: nobody can subscribe by mail
	Key   *seal.Key // of links for who runs the site; nil: no such link opens
	Hooks Hooks     // of mail services; nil: there are none
	Desk  *Desk     // where submitted papers are looked up; nil: none are taken
	// Portrait makes of an uploaded picture what is served as somebody's; nil: none are
	// taken.
	Portrait func(original []byte) (store.Picture, error)
	// Works are what administrators see and steer of what goes on beside serving.
	Works Works
	// Accounts say how people sign in.
	Accounts Accounts
	Zone     *time.Location   // of the site's days, default UTC
	Now      func() time.Time // default time.Now
}

// App holds the use cases. It is safe for use by many at once.
type App struct {
	store  *store.Store
	finder Finder
	index  func(context.Context) (*IndexState, error)
	zone   *time.Location
	now    func() time.Time
	tops   kept[broadsheet.ListKind, []broadsheet.Count]
	stats  kept[struct{}, store.Stats]
	rates  kept[time.Duration, []store.DomainCount]
	post   *Post
	key    *seal.Key
	hooks  Hooks
	asks   window // subscriptions asked for, by client
	sign   *signing
	book   rulebook
	votes  window // by handle, reactions included
	edits  window // of comments, by handle
	joins  window // requests to be a member, by handle
	works  Works

	portrait func([]byte) (store.Picture, error)
	drawing  chan struct{} // holds who unpacks a picture

	desk    *Desk
	lookups window        // by handle
	waiting chan struct{} // people who wait for a lookup
}

// New makes the use cases over a store.
func New(o Options) (*App, error) {
	if o.Store == nil {
		return nil, errors.New("app: no store")
	}
	a := &App{store: o.Store, finder: o.Finder, index: o.Index, hooks: o.Hooks, zone: o.Zone, now: o.Now, key: o.Key, sign: newSigning(o.Accounts), portrait: o.Portrait, drawing: make(chan struct{}, 1)}
	a.votes.length, a.edits.length = voteWindow, editWindow
	a.joins = window{each: joinsPerHour, length: time.Hour}
	a.works = o.Works
	a.open(o.Desk)
	if a.finder == nil {
		a.finder = noFinder{}
	}
	if a.zone == nil {
		a.zone = time.UTC
	}
	if a.now == nil {
		a.now = time.Now
	}
	if a.post = o.Post; a.post != nil {
		a.asks = window{each: orDefault(a.post.PerClient, 20), all: orDefault(a.post.PerSite, 1000), length: time.Hour}
	}
	return a, nil
}

// Today is the day in the site's time zone.
func (a *App) Today() broadsheet.Day { return broadsheet.DayOf(a.now(), a.zone) }

// Now is the site's clock, in its time zone.
func (a *App) Now() time.Time { return a.now().In(a.zone) }
