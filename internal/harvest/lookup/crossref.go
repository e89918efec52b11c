package lookup

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"broadsheet"
	"broadsheet/internal/lib/clean"
	"broadsheet/internal/lib/fetch"
)

// maxAnswer is the most that a service's answer about one paper may hold: a
// record of Crossref carries all its references and thousands of authors.
const maxAnswer = 8 << 20

// work is what Crossref's REST API says of a DOI
// (api.crossref.org/swagger-ui, schema Work).
type work struct {
	DOI       string
	Type      string     `json:"type"`
	Title     []string   `json:"title"`
	Subtitle  []string   `json:"subtitle"`
	Abstract  string     `json:"abstract"`
	Container []string   `json:"container-title"`
	Author    []workName `json:"author"`
	License   []struct{ URL string }
	Resource  struct {
		Primary struct{ URL string } `json:"primary"`
	} `json:"resource"`
	Published workDate `json:"published"`
	Online    workDate `json:"published-online"`
	Posted    workDate `json:"posted"`
	Issued    workDate `json:"issued"`
	UpdatedBy []struct {
		Type string `json:"type"`
	} `json:"updated-by"`
}

type workName struct {
	Given, Family, Name, Suffix string
	ORCID                       string
	Affiliation                 []struct {
		Name string `json:"name"`
	} `json:"affiliation"`
}

type workDate struct {
	Parts [][]*int `json:"date-parts"`
}

// registered asks Crossref for a DOI, and where another registry has given it
// out, reads the page that it leads to.
func (l *Lookup) registered(ctx context.Context, doi string) (broadsheet.Paper, error) {
	p, _, err := l.crossref(ctx, doi)
	if broadsheet.KindOf(err) != broadsheet.NotFound {
		return p, err
	}
	q, perr := l.read(ctx, strings.TrimSuffix(l.opt.DOI, "/")+"/"+escapeDOI(doi))
	switch {
	case broadsheet.KindOf(perr) == broadsheet.NotFound:
		return p, err
	case perr != nil:
		return p, perr
	case q.doi != "" && q.doi != doi:
		return p, another("the page of the DOI", doi, q.doi)
	}
	p = q.paper
	p.IDs, p.DOI = nil, doi
	identified(&p, broadsheet.SourceID{Scheme: "doi", Value: doi})
	return p, nil
}

// escapeDOI writes a DOI as the end of a path, its own slashes as they are.
func escapeDOI(doi string) string {
	parts := strings.Split(doi, "/")
	for i := range parts {
		parts[i] = url.PathEscape(parts[i])
	}
	return strings.Join(parts, "/")
}

// crossref also gives the host of the page that the DOI is registered for.
func (l *Lookup) crossref(ctx context.Context, doi string) (p broadsheet.Paper, home string, err error) {
	address := l.opt.Crossref + "/works/" + url.PathEscape(doi)
	if l.opt.Contact != "" {
		address += "?" + url.Values{"mailto": {l.opt.Contact}}.Encode()
	}
	var answer struct{ Message work }
	if err := l.json(ctx, address, &answer); err != nil {
		return p, "", explain(err, "Crossref")
	}
	w := &answer.Message
	if got, _ := broadsheet.ParseDOI(w.DOI); got != doi {
		return p, "", another("Crossref", doi, w.DOI)
	}
	if u, err := url.Parse(w.Resource.Primary.URL); err == nil {
		home = bareHost(u)
	}
	p, err = l.fromWork(w, doi)
	return p, home, err
}

func (l *Lookup) fromWork(w *work, doi string) (broadsheet.Paper, error) {
	p := broadsheet.Paper{Origin: broadsheet.OriginFeed, DOI: doi, Title: title(first(w.Title)), Abstract: prose(w.Abstract, maxAbstract),
		JournalRef: title(first(w.Container))}
	if sub := title(first(w.Subtitle)); sub != "" && p.Title != "" && !strings.Contains(p.Title, sub) {
		p.Title = clean.Clip(p.Title+": "+sub, maxTitle)
	}
	if p.Title == "" {
		return p, broadsheet.InvalidField("url", "this DOI names no work with a title", "give the DOI of the paper itself")
	}
	for _, n := range w.Author {
		a := broadsheet.Author{Name: clean.Clip(clean.TeXName(cmp.Or(strings.TrimSpace(n.Given+" "+n.Family+" "+n.Suffix), n.Name)), maxName), ORCID: orcidForm.FindString(n.ORCID)}
		if len(n.Affiliation) > 0 {
			a.Affiliation = prose(n.Affiliation[0].Name, maxName)
		}
		authored(&p, a)
	}
	for _, d := range []workDate{w.Posted, w.Online, w.Published, w.Issued} {
		if p.PublishedAt.IsZero() {
			p.PublishedAt = l.plausible(d.time())
		}
	}
	p.UpdatedAt = p.PublishedAt
	if len(w.License) > 0 && broadsheet.ValidURL(w.License[0].URL) {
		p.License = w.License[0].URL
	}
	p.Withdrawn = takenBack(p.Title, p.Abstract)
	for _, u := range w.UpdatedBy {
		p.Withdrawn = p.Withdrawn || slices.Contains([]string{"retraction", "withdrawal", "removal"}, u.Type)
	}
	linked(&p, broadsheet.LinkPage, "https://doi.org/"+escapeDOI(doi))
	identified(&p, broadsheet.SourceID{Scheme: "doi", Value: doi})
	return p, nil
}

// time is the date, its missing parts the first; zero where there is none.
func (d workDate) time() time.Time {
	if len(d.Parts) == 0 {
		return time.Time{}
	}
	at := [3]int{0, 1, 1}
	for i, n := range d.Parts[0] {
		if n == nil || i > 2 {
			break
		}
		at[i] = *n
	}
	if at[0] < 1 || at[0] > 9999 || at[1] < 1 || at[1] > 12 || at[2] < 1 || at[2] > 31 {
		return time.Time{}
	}
	return time.Date(at[0], time.Month(at[1]), at[2], 0, 0, 0, 0, time.UTC)
}

func first(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return list[0]
}

// json asks a service and reads its answer.
func (l *Lookup) json(ctx context.Context, address string, into any) error {
	res, err := l.opt.Sources.Get(ctx, fetch.Request{URL: address, Accept: "application/json", Types: []string{"application/json"}, MaxBody: maxAnswer})
	if err != nil {
		return err
	}
	return json.Unmarshal(res.Body, into)
}

// status is what a service answered, 0 where it was no refusal.
func status(err error) int {
	var s *fetch.StatusError
	if errors.As(err, &s) {
		return s.Status
	}
	return 0
}

func refused(err error) bool {
	s := status(err)
	return s == http.StatusNotFound || s == http.StatusBadRequest || s == http.StatusGone
}
