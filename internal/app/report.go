package app

import (
	"context"
	"fmt"

	"broadsheet"
	"broadsheet/internal/lib/clean"
	"broadsheet/internal/store"
)

// reportsPerHour is how much one person may report.
const reportsPerHour = 20

// Report tells the moderators of a paper, a comment or an account.
func (a *App) Report(ctx context.Context, by Actor, f broadsheet.Flag) error {
	if err := a.may(by, RightFlag); err != nil {
		return err
	}
	if !broadsheet.IsFlagReason(f.Reason) {
		return broadsheet.InvalidField("reason", fmt.Sprintf("%.40q is none", f.Reason), "choose one of the list")
	}
	if len(f.Text) > maxWhy {
		return broadsheet.InvalidField("text", "is too long", fmt.Sprint("use at most ", maxWhy, " bytes"))
	}
	f.Text, f.Account, f.At = clean.Line(f.Text), by.id(), a.now()
	target, err := a.Reportable(ctx, f.Kind, f.Object)
	if err != nil {
		return err
	}
	f.Object, f.Paper = target.Object, target.Paper
	return a.store.PutFlag(ctx, f, reportsPerHour)
}

// ReportTarget is what a report is about, as a page names it.
type ReportTarget struct {
	Kind          broadsheet.ObjectKind
	Object, Paper string
	Title         string // of the paper, or the beginning of the comment, or the name
	By            string // handle of who wrote the comment
}

// Reportable finds what somebody wants to report; NotFound where it is not here,
// or not for everybody to see.
func (a *App) Reportable(ctx context.Context, kind broadsheet.ObjectKind, object string) (t ReportTarget, err error) {
	t = ReportTarget{Kind: kind, Object: object}
	switch kind {
	case broadsheet.ObjectPaper:
		p, err := a.store.Paper(ctx, object)
		if err != nil {
			return t, err
		}
		t.Object, t.Paper, t.Title = p.ID, p.ID, p.Title
	case broadsheet.ObjectComment:
		c, err := a.store.Comment(ctx, object)
		if err != nil {
			return t, err
		}
		if c.State != broadsheet.CommentShown {
			return t, broadsheet.Errorf(broadsheet.NotFound, "this comment is not shown")
		}
		if err := a.notHidden(ctx, Actor{}, c.Paper); err != nil {
			return t, err
		}
		t.Paper, t.Title, t.By = c.Paper, c.Plain, c.By.Name
	case broadsheet.ObjectAccount:
		x, err := a.store.AccountNamed(ctx, object)
		if err != nil {
			return t, err
		}
		if x.State == broadsheet.AccountDeleted {
			return t, broadsheet.Errorf(broadsheet.NotFound, "this account is gone")
		}
		t.Object, t.Title = x.Name, x.ShownName()
	default:
		return t, broadsheet.InvalidField("kind", fmt.Sprintf("a %.40q cannot be reported", kind), "open the page again")
	}
	return t, nil
}

// Case is what moderators are to decide: one object with its open reports, or a
// comment that was held.
type Case struct {
	ReportTarget
	Flags   []broadsheet.Flag
	Comment *broadsheet.Comment // of a comment
	Hidden  bool                // it is hidden already, of an account: banned
	Locked  bool                // a paper's discussion is closed
	Held    bool                // a comment that waits to be shown
	Role    broadsheet.Role     // of an account
}

// casesShown bounds a look at the queue.
const casesShown = 200

// Cases are what waits for moderators, what was reported first before.
func (a *App) Cases(ctx context.Context, by Actor) ([]Case, error) {
	if err := a.may(by, RightModerate); err != nil {
		return nil, err
	}
	flags, err := a.store.Flags(ctx, casesShown)
	if err != nil {
		return nil, err
	}
	var out []Case
	for _, f := range flags {
		if n := len(out); n > 0 && out[n-1].Kind == f.Kind && out[n-1].Object == f.Object {
			out[n-1].Flags = append(out[n-1].Flags, f)
			continue
		}
		c := Case{ReportTarget: ReportTarget{Kind: f.Kind, Object: f.Object, Paper: f.Paper}, Flags: []broadsheet.Flag{f}}
		if err := a.caseOf(ctx, &c); err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	held, err := a.store.LatestComments(ctx, store.CommentQuery{Held: true, Limit: casesShown})
	if err != nil {
		return nil, err
	}
	for i := range held {
		out = append(out, Case{ReportTarget: ReportTarget{Kind: broadsheet.ObjectComment, Object: held[i].Token, Paper: held[i].Paper, Title: held[i].Plain, By: held[i].By.Name}, Comment: &held[i], Held: true})
	}
	return out, nil
}

// CaseOf is one thing that a moderator wants to decide about, reported or not.
func (a *App) CaseOf(ctx context.Context, by Actor, kind broadsheet.ObjectKind, object string) (*Case, error) {
	if err := a.may(by, RightModerate); err != nil {
		return nil, err
	}
	c := Case{ReportTarget: ReportTarget{Kind: kind, Object: object}}
	if err := a.caseOf(ctx, &c); err != nil {
		return nil, err
	}
	if c.Title == "" && c.Comment == nil {
		return nil, broadsheet.Errorf(broadsheet.NotFound, "there is no such %.40s here", kind)
	}
	flags, err := a.store.Flags(ctx, casesShown)
	for _, f := range flags {
		if f.Kind == c.Kind && f.Object == c.Object {
			c.Flags = append(c.Flags, f)
		}
	}
	return &c, err
}

// caseOf completes a case with the object as it is now; one that is gone stays
// without a title.
func (a *App) caseOf(ctx context.Context, c *Case) error {
	var err error
	switch c.Kind {
	case broadsheet.ObjectPaper:
		var p broadsheet.Paper
		if p, err = a.store.AnyPaper(ctx, c.Object); err == nil {
			c.Object, c.Paper, c.Title, c.Hidden = p.ID, p.ID, p.Title, p.Hidden
			var st store.PaperState
			st, err = a.store.PaperState(ctx, p.ID)
			c.Locked = !st.LockedAt.IsZero()
		}
	case broadsheet.ObjectComment:
		var x broadsheet.Comment
		if x, err = a.store.Comment(ctx, c.Object); err == nil {
			c.Title, c.Paper, c.By, c.Comment = x.Plain, x.Paper, x.By.Name, &x
			c.Hidden, c.Held = x.State == broadsheet.CommentHidden, x.State == broadsheet.CommentHeld
		}
	case broadsheet.ObjectAccount:
		var x broadsheet.Account
		if x, err = a.store.AccountNamed(ctx, c.Object); err == nil {
			x.Lapse(a.now())
			c.Title, c.Role, c.Hidden = x.ShownName(), x.Role, x.State != broadsheet.AccountActive
		}
	}
	if broadsheet.KindOf(err) == broadsheet.NotFound {
		return nil
	}
	return err
}
