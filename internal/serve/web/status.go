package web

import (
	"fmt"
	"net/http"

	"broadsheet/internal/app"
)

// statusPage shows how the harvest is doing.
type statusPage struct {
	Frame  frame
	Status *app.Status
	Latest string
	// IndexSays is what is to be said about the search index, the worst first.
	IndexSays []remark
}

// remark is a sentence; a bad one is about something that is wrong.
type remark struct {
	Text string
	Bad  bool
}

func (w *Web) status(rw http.ResponseWriter, r *http.Request) error {
	s, err := w.app.Status(r.Context())
	if err != nil {
		return err
	}
	f := w.frame("Harvest status", "When "+w.name+" last heard from its sources.", "/status")
	f.Here, f.NoIndex = "status", true
	page := statusPage{Frame: f, Status: s, IndexSays: indexSays(s.Index)}
	if s.Latest != "" {
		page.Latest = mediumDay(s.Latest)
	}
	rw.Header().Set("Cache-Control", "public, max-age=15")
	return w.render(rw, "status.html", page)
}

// indexSays is what is wrong with the search index and what is being done about
// it.
func indexSays(s *app.IndexState) []remark {
	if s == nil {
		return nil
	}
	var out []remark
	if !s.Open {
		return []remark{{"The index is being opened. If it stays so, the log says why.", true}}
	}
	const shown = 5
	for _, d := range s.Damaged[:min(shown, len(s.Damaged))] {
		out = append(out, remark{fmt.Sprintf("%s was set aside with its %s: %s.", d.File, plural(d.Papers, "paper"), d.Reason), true})
	}
	if n := len(s.Damaged) - shown; n > 0 {
		out = append(out, remark{"And " + plural(n, "more file") + ".", true})
	}
	switch {
	case s.Rebuild != nil && s.Rebuild.Behind >= 0:
		out = append(out, remark{fmt.Sprintf("It is being rebuilt beside the one that is searched: %s so far, about %s to go.",
			plural(s.Rebuild.Papers, "paper"), number(int(s.Rebuild.Behind))), false})
	case s.Rebuild != nil:
		out = append(out, remark{"It is being rebuilt beside the one that is searched.", false})
	case len(s.Damaged) > 0:
		out = append(out, remark{"It is rebuilt by itself, soon; where that happened more than once lately, after a pause.", false})
	case s.Why != "":
		out = append(out, remark{"It is about to be rebuilt: " + s.Why + ".", false})
	}
	switch {
	case !s.Complete:
		out = append(out, remark{"It is being built for the first time. What is not in it yet cannot be found.", false})
	case len(out) == 0:
		out = append(out, remark{"Sound, as far as it was read.", false})
	}
	return out
}
