package cli

import (
	"fmt"
	"strings"
	"time"

	"broadsheet"
	"broadsheet/internal/app"
)

type editionsCmd struct {
	List editionsListCmd `cmd:"" help:"List the latest editions with what became of them."`
	Show editionsShowCmd `cmd:"" help:"Show an edition with its papers."`
}

func (editionsCmd) Help() string {
	return `Examples:

  broadsheet editions list
  broadsheet editions show 12`
}

type editionsListCmd struct {
	Before int64 `help:"Only those with numbers below this." placeholder:"N"`
	Limit  int   `help:"Most rows." default:"20" placeholder:"N"`
	JSON   bool  `help:"Print JSON."`
}

type editionJSON struct {
	ID         int64                            `json:"id"`
	Path       string                           `json:"path"`
	Topic      string                           `json:"topic"`
	Title      string                           `json:"title"`
	ComposedAt time.Time                        `json:"composedAt"`
	Total      int                              `json:"total"` // papers that would have fitted
	Picks      []broadsheet.Pick                `json:"picks"`
	Deliveries map[broadsheet.DeliveryState]int `json:"deliveries"`
}

func editionOf(x *app.EditionLine) editionJSON {
	return editionJSON{x.ID, "/editions/" + x.Token, x.Topic.String(), x.Title, x.ComposedAt.UTC(), x.Total, x.Picks, x.Deliveries}
}

// stateOrder is the order in which states are written, those first that ask for
// nothing.
var stateOrder = []broadsheet.DeliveryState{broadsheet.DeliverySent, broadsheet.DeliveryPlanned, broadsheet.DeliveryClaimed, broadsheet.DeliverySending,
	broadsheet.DeliveryFailed, broadsheet.DeliveryUnknown, broadsheet.DeliveryExpired, broadsheet.DeliverySuppressed}

// statesText is "120 sent, 3 failed".
func statesText(n map[broadsheet.DeliveryState]int) string {
	var out []string
	for _, s := range stateOrder {
		if n[s] > 0 {
			out = append(out, count(n[s])+" "+string(s))
		}
	}
	if out == nil {
		return "none"
	}
	return strings.Join(out, ", ")
}

// Run lists.
func (c *editionsListCmd) Run(r *run) (err error) {
	if err := checkLimit(c.Limit, 10000); err != nil {
		return err
	}
	o, s, err := r.operator(true)
	if err != nil {
		return err
	}
	defer closing(s, &err)
	list, err := o.Editions(r.ctx, c.Before, c.Limit)
	if err != nil {
		return err
	}
	rows := make([]editionJSON, len(list))
	t := table{head: []string{"NO.", "COMPOSED", "TOPIC", "PAPERS", "DELIVERIES"}, flex: 2, right: map[int]bool{0: true, 3: true}}
	for i := range list {
		rows[i] = editionOf(&list[i])
		t.add(fmt.Sprint(list[i].ID), stamp(list[i].ComposedAt, r.cfg.Site.TimeZone), list[i].Topic.String(), count(len(list[i].Picks)), statesText(list[i].Deliveries))
	}
	if c.JSON {
		return printJSON(r.Stdout, rows)
	}
	t.write(r.Stdout, width(r.Stdout))
	return nil
}

type editionsShowCmd struct {
	ID   int64 `arg:"" name:"number" help:"Number of the edition."`
	JSON bool  `help:"Print JSON."`
}

// Run shows.
func (c *editionsShowCmd) Run(r *run) (err error) {
	o, s, err := r.operator(true)
	if err != nil {
		return err
	}
	defer closing(s, &err)
	x, err := o.Edition(r.ctx, c.ID)
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(r.Stdout, editionOf(x))
	}
	fmt.Fprintf(r.Stdout, "edition     %d, %s (%s)\n", x.ID, printable(x.Title), printable(x.Topic.String()))
	fmt.Fprintf(r.Stdout, "composed    %s from arrivals %d to %d\n", stamp(x.ComposedAt, r.cfg.Site.TimeZone), x.From+1, x.To)
	fmt.Fprintf(r.Stdout, "on the web  %s/editions/%s\n", r.cfg.Site.URL, x.Token)
	fmt.Fprintf(r.Stdout, "deliveries  %s\n\n", statesText(x.Deliveries))
	t := table{head: []string{"", "PAPER", "SCORE", "WHY"}, flex: 3, right: map[int]bool{0: true, 2: true}}
	for i, p := range x.Picks {
		t.add(fmt.Sprint(i+1), p.PaperID, count(p.Score), p.Why)
	}
	t.write(r.Stdout, width(r.Stdout))
	return nil
}
