package cli

import (
	"time"

	"broadsheet/internal/app"
	"broadsheet/internal/config"
)

// troubled are the targets at which something is wrong, and all of them by
// number.
func troubled(r *run, a *app.App, zone *time.Location) (lines [][2]string, all int, err error) {
	targets, err := a.ChatTargets(r.ctx)
	if err != nil {
		return nil, 0, err
	}
	for i := range targets {
		x := rowOf(&targets[i])
		if text := x.trouble(zone); text != "" {
			lines = append(lines, [2]string{"target " + count(x.ID), string(x.Channel) + " at " + x.Where + ": " + text})
		}
	}
	return lines, len(targets), nil
}

// checkTargets looks at what came of the last messages to chats and hooks. It
// asks nobody.
func checkTargets(r *run, c *config.Config) []check {
	const name = "targets"
	a, end, err := siteOf(r, c)
	if a == nil {
		return failed(name, err)
	}
	defer end()
	lines, all, err := troubled(r, a, c.Site.TimeZone)
	switch {
	case err != nil:
		return failed(name, err)
	case all == 0:
		return nil
	case len(lines) == 0:
		return []check{ok(name, "%s, and none refused its last edition", plural(all, "target"))}
	}
	var out []check
	for _, l := range lines {
		out = append(out, check{l[0], warning, l[1], "`broadsheet targets test` with its number says whether it takes a message now; `broadsheet targets resume` lets a suppressed one go on"})
	}
	return out
}
