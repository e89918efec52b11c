package web

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"broadsheet"
	"broadsheet/internal/app"
)

type adminStoragePage struct {
	adminBase
	*app.Storage
	IndexSays []remark
	Facts     []fact
	Tables    []app.TableSize // the largest first, without empty ones
	Empty     int
}

var storageDone = map[string]string{"rebuild": "The search index is built anew beside the one that is searched.", "backup": "The backup is made now. It stands here when it is done and checked."}

func (w *Web) adminStorage(rw http.ResponseWriter, r *http.Request, d *app.Administrator) error {
	s, err := d.Storage(r.Context())
	if err != nil {
		return err
	}
	p := adminStoragePage{adminBase: w.adminBase(r, "Storage", storagePath, storageDone), Storage: s, IndexSays: indexSays(s.Index)}
	for _, t := range s.Tables {
		if t.Rows == 0 {
			p.Empty++
			continue
		}
		p.Tables = append(p.Tables, t)
	}
	slices.SortStableFunc(p.Tables, func(a, b app.TableSize) int { return cmp.Compare(b.Rows, a.Rows) })
	p.Facts = []fact{{"Database", bytesText(s.Bytes)}, {"Kind", map[string]string{"sqlite": "SQLite", "postgres": "PostgreSQL"}[s.Database]}}
	if s.Index != nil && s.Index.Open {
		p.Facts = append(p.Facts, fact{"Search index", bytesText(s.Index.Bytes)}, fact{"Papers in it", number(s.Index.Papers)})
	}
	p.Facts = append(p.Facts, fact{"Copies of pictures", number(int(s.Pictures.Count)) + ", " + bytesText(s.Pictures.Bytes)})
	if s.Disk.Total > 0 {
		p.Facts = append(p.Facts, fact{"Free on the disk", bytesText(s.Disk.Free) + " of " + bytesText(s.Disk.Total)})
	}
	return w.render(rw, "adminstorage.html", p)
}

func (w *Web) changeStorage(rw http.ResponseWriter, r *http.Request, d *app.Administrator) error {
	var err error
	switch r.PostForm.Get("do") {
	case "rebuild":
		err = d.RebuildIndex(r.Context())
	case "backup":
		err = d.BackUp(r.Context())
	default:
		return noButton()
	}
	if err != nil {
		return err
	}
	return back(rw, r, storagePath, r.PostForm.Get("do"))
}

// auditPage is the log as administrators see it.
type auditPage struct {
	adminBase
	Lines     []logLine
	Acts      []logChoice
	Kinds     []logChoice
	Actor     string
	Object    string
	Sifted    bool
	CSV, JSON string // paths
	Older     string
}

// audit shows the log, or gives it as a file.
func (w *Web) audit(rw http.ResponseWriter, r *http.Request, d *app.Administrator) error {
	in := r.URL.Query()
	q := app.LogQuery{Actor: in.Get("actor"), Act: broadsheet.Act(in.Get("act")), Kind: broadsheet.ObjectKind(in.Get("kind")), Object: in.Get("object"), Before: numberOf(r, "before")}
	if as := in.Get("as"); as != "" {
		return w.auditFile(rw, r, d, q, as)
	}
	lines, more, err := w.app.Log(r.Context(), app.ActorOf(r.Context()), q)
	if err != nil {
		return err
	}
	p := auditPage{adminBase: w.adminBase(r, "Audit", auditPath, nil), Actor: q.Actor, Object: q.Object}
	p.Acts, _ = chosen(actWords, string(q.Act))
	p.Kinds, _ = chosen(kindWords, string(q.Kind))
	with := func(name, value string) string {
		to := url.Values{}
		for _, key := range []string{"actor", "act", "kind", "object"} {
			if v := in.Get(key); v != "" {
				to.Set(key, v)
			}
		}
		p.Sifted = p.Sifted || len(to) > 0
		to.Set(name, value)
		return auditPath + "?" + to.Encode()
	}
	p.CSV, p.JSON = with("as", "csv"), with("as", "jsonl")
	if more {
		p.Older = with("before", strconv.FormatInt(lines[len(lines)-1].ID, 10))
	}
	for i := range lines {
		p.Lines = append(p.Lines, lineOf(&lines[i]))
	}
	return w.render(rw, "adminaudit.html", p)
}

func (w *Web) auditFile(rw http.ResponseWriter, r *http.Request, d *app.Administrator, q app.LogQuery, as string) error {
	kind := map[string]string{"csv": "text/csv; charset=utf-8", "jsonl": "application/x-ndjson; charset=utf-8"}[as]
	if kind == "" {
		return broadsheet.InvalidField("as", "is no form of the log", "use csv or jsonl")
	}
	rw.Header().Set("Content-Type", kind)
	rw.Header().Set("Content-Disposition", `attachment; filename="audit.`+as+`"`)
	_, err := d.WriteAudit(r.Context(), rw, q, as == "csv")
	return err
}
