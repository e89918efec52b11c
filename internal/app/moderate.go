package app

import (
	"context"
	"fmt"
	"slices"
	"time"

	"broadsheet"
	"broadsheet/internal/lib/clean"
)

// Moderation is what a moderator does to something. Of an object in a state that
// it is in already it is Conflict: another moderator was faster.
type Moderation struct {
	Act    broadsheet.Act
	Kind   broadsheet.ObjectKind
	Object string    // a paper's id, a comment's token, a handle
	Into   string    // of ActMerge: the paper that stays
	Until  time.Time // of ActBan, zero until it is lifted
	Reason string    // stands in the public log
}

// maxWhy is the longest reason, in bytes.
const maxWhy = 500

// deeds are what moderators may do, by act and kind.
var deeds = map[broadsheet.Act]map[broadsheet.ObjectKind]func(*App, context.Context, Actor, Moderation, broadsheet.Action) error{
	broadsheet.ActHide:    {broadsheet.ObjectPaper: (*App).hidePaper, broadsheet.ObjectComment: (*App).hideComment},
	broadsheet.ActShow:    {broadsheet.ObjectPaper: (*App).hidePaper, broadsheet.ObjectComment: (*App).showComment},
	broadsheet.ActLock:    {broadsheet.ObjectPaper: (*App).lockPaper},
	broadsheet.ActUnlock:  {broadsheet.ObjectPaper: (*App).lockPaper},
	broadsheet.ActMerge:   {broadsheet.ObjectPaper: (*App).mergePapers},
	broadsheet.ActBan:     {broadsheet.ObjectAccount: (*App).ban},
	broadsheet.ActUnban:   {broadsheet.ObjectAccount: (*App).ban},
	broadsheet.ActDismiss: {broadsheet.ObjectPaper: (*App).dismiss, broadsheet.ObjectComment: (*App).dismiss, broadsheet.ObjectAccount: (*App).dismiss},
}

// reasoned are the acts that nobody does without saying why.
var reasoned = []broadsheet.Act{broadsheet.ActHide, broadsheet.ActLock, broadsheet.ActMerge, broadsheet.ActBan}

// Moderate does it and writes it into the public log.
func (a *App) Moderate(ctx context.Context, by Actor, m Moderation) error {
	if err := a.may(by, RightModerate); err != nil {
		return err
	}
	do := deeds[m.Act][m.Kind]
	if do == nil {
		return broadsheet.InvalidField("act", fmt.Sprintf("%.40q cannot be done to a %.40s", m.Act, m.Kind), "open the page again")
	}
	if len(m.Reason) > maxWhy {
		return broadsheet.InvalidField("reason", "is too long", fmt.Sprint("use at most ", maxWhy, " bytes"))
	}
	m.Reason = clean.Line(m.Reason)
	if m.Reason == "" && slices.Contains(reasoned, m.Act) {
		return broadsheet.InvalidField("reason", "is missing", "say why, in a sentence: it stands in the public log")
	}
	x := broadsheet.Action{At: a.now(), Actor: by.Name(), Act: m.Act, Kind: m.Kind, Object: m.Object, Reason: m.Reason}
	if m.Kind == broadsheet.ObjectPaper {
		switch p, err := a.store.AnyPaper(ctx, m.Object); {
		case m.Act == broadsheet.ActDismiss && broadsheet.KindOf(err) == broadsheet.NotFound: // its reports are still here
		case err != nil:
			return err
		case m.Act == broadsheet.ActMerge && p.ID != m.Object: // merged already perhaps: then another paper would go
			return &broadsheet.Error{Kind: broadsheet.Conflict, Text: "this paper is known as " + p.ID, Fix: "look at that one, and merge it if it is the same work"}
		default:
			m.Object, x.Object, x.Paper = p.ID, p.ID, p.ID
		}
	}
	return do(a, ctx, by, m, x)
}

func (a *App) hidePaper(ctx context.Context, _ Actor, m Moderation, x broadsheet.Action) error {
	return a.store.HidePaper(ctx, m.Object, m.Act == broadsheet.ActHide, x)
}

func (a *App) lockPaper(ctx context.Context, _ Actor, m Moderation, x broadsheet.Action) error {
	return a.store.LockPaper(ctx, m.Object, m.Act == broadsheet.ActLock, x)
}

func (a *App) mergePapers(ctx context.Context, _ Actor, m Moderation, x broadsheet.Action) error {
	into, err := a.store.Paper(ctx, m.Into)
	if err != nil {
		return broadsheet.InvalidField("into", "is no paper here", "write the id of the paper that stays")
	}
	return a.store.MergePapers(ctx, m.Object, into.ID, x)
}

func (a *App) hideComment(ctx context.Context, _ Actor, m Moderation, x broadsheet.Action) error {
	return a.store.ModerateComment(ctx, m.Object, []broadsheet.CommentState{broadsheet.CommentShown, broadsheet.CommentHeld}, broadsheet.CommentHidden, x)
}

func (a *App) showComment(ctx context.Context, _ Actor, m Moderation, x broadsheet.Action) error {
	return a.store.ModerateComment(ctx, m.Object, []broadsheet.CommentState{broadsheet.CommentHidden, broadsheet.CommentHeld}, broadsheet.CommentShown, x)
}

// ban bans an account or lifts that. Nobody does so to a role as high as their own.
func (a *App) ban(ctx context.Context, by Actor, m Moderation, x broadsheet.Action) error {
	account, err := a.store.AccountNamed(ctx, m.Object)
	if err != nil {
		return err
	}
	read := account
	account.Lapse(x.At)
	ban := m.Act == broadsheet.ActBan
	switch {
	case account.ID == by.id():
		return &broadsheet.Error{Kind: broadsheet.Denied, Text: "this is your own account", Fix: "ask another moderator"}
	case account.Role.Includes(by.Account.Role) && by.Account.Role != broadsheet.RoleAdmin:
		return &broadsheet.Error{Kind: broadsheet.Denied, Text: "only an administrator may ban a " + string(account.Role), Fix: "ask one"}
	case ban == (account.State == broadsheet.AccountBanned):
		return &broadsheet.Error{Kind: broadsheet.Conflict, Text: account.Name + " is " + string(account.State) + " already", Fix: "look at the log"}
	case ban && !m.Until.IsZero() && !m.Until.After(x.At):
		return broadsheet.InvalidField("until", "is past", "choose a time to come, or none")
	}
	if ban && !m.Until.IsZero() {
		x.Detail = "until " + m.Until.UTC().Format("2006-01-02 15:04") + " UTC"
	}
	return a.store.Ban(ctx, read, ban, m.Until, x)
}

func (a *App) dismiss(ctx context.Context, _ Actor, _ Moderation, x broadsheet.Action) error {
	if x.Kind == broadsheet.ObjectComment {
		c, err := a.store.Comment(ctx, x.Object)
		if err != nil && broadsheet.KindOf(err) != broadsheet.NotFound { // gone with its paper: its reports are still here
			return err
		}
		x.Paper = c.Paper
	}
	return a.store.DismissFlags(ctx, x)
}
