package cli

import (
	"context"
	"errors"
	"time"

	"broadsheet/internal/boot"
	"broadsheet/internal/config"
	"broadsheet/internal/lib/fetch"
)

// reachTimeout bounds one question to a source.
const reachTimeout = 15 * time.Second

// checkNetwork asks every source that is switched on for something small.
func checkNetwork(r *run, c *config.Config, offline bool) []check {
	if offline || !c.Harvest.Enabled {
		why := "--offline"
		if !offline {
			why = "harvest.enabled is false"
		}
		return []check{{"sources", left, "not asked: " + why, ""}, {"clock", left, "not compared", ""}}
	}
	opt := boot.FetchOptions(c, Version())
	opt.Timeout, opt.Attempts = reachTimeout, 1
	client := fetch.New(opt)
	defer client.Close()
	var out []check
	date := ""
	for _, name := range c.Harvest.Sources {
		text, header := reach(r.ctx, client, probeURL(c, name))
		if header != "" {
			date = header
		}
		if text == "" {
			out = append(out, ok(name, "answers"))
		} else {
			out = append(out, check{name, warning, "does not answer: " + text, "check this machine's network and name service; without it the site serves what it has"})
		}
	}
	return append(out, checkClock(date, time.Now()))
}

// probeURL is a question to a source with a small answer.
func probeURL(c *config.Config, source string) string {
	switch h := c.Harvest; source {
	case "arxiv-oai":
		return h.ArxivOAIURL + "?verb=Identify"
	case "arxiv-rss":
		return h.ArxivRSSURL + "/math.GM"
	case "arxiv-api":
		return h.ArxivAPIURL + "?search_query=all:electron&max_results=1"
	default:
		return h.DailyPapersURL + "/api/daily_papers?limit=1"
	}
}

// reach gives why the address does not answer, "" where it does, and the time
// there.
func reach(ctx context.Context, client *fetch.Client, url string) (problem, date string) {
	res, err := client.Get(ctx, fetch.Request{URL: url, MayBeEmpty: true})
	if err == nil {
		return "", res.Header.Get("Date")
	}
	for _, known := range []error{fetch.ErrUnreachable, fetch.ErrTimeout, fetch.ErrForbidden, fetch.ErrCut} {
		if errors.Is(err, known) {
			return known.Error(), ""
		}
	}
	return err.Error(), ""
}
