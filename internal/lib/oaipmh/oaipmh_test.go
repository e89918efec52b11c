package oaipmh_test

import (
	"context"
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"broadsheet/internal/lib/fetch"
	"broadsheet/internal/lib/oaipmh"
)

// answers gives prepared answers in order and writes down what was asked.
type answers struct {
	bodies []string
	err    error
	asked  []url.Values
}

func (a *answers) Get(_ context.Context, r fetch.Request) (*fetch.Response, error) {
	u, err := url.Parse(r.URL)
	if err != nil {
		return nil, err
	}
	a.asked = append(a.asked, u.Query())
	if a.err != nil {
		return nil, a.err
	}
	body := a.bodies[0]
	a.bodies = a.bodies[1:]
	return &fetch.Response{Body: []byte(body)}, nil
}

// wrap makes an answer out of what is listed.
func wrap(inner string) string {
	return `<?xml version="1.0"?><OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><responseDate>2026-06-01T02:03:04Z</responseDate><request/>` + inner + `</OAI-PMH>`
}

const raw = `<record><header><identifier>oai:arXiv.org:2606.00001</identifier><datestamp>2026-06-02</datestamp><setSpec>cs:cs:LG</setSpec></header>
 <metadata><arXivRaw xmlns="http://arxiv.org/OAI/arXivRaw/"><id>2606.00001</id><submitter>A. Example</submitter>
 <version version="v1"><date>Mon, 01 Jun 2026 14:00:00 GMT</date><size>20kb</size></version>
 <version version="v2"><date>Tue, 02 Jun 2026 09:00:00 GMT</date><size>21kb</size></version>
 <title>On &amp; off</title><authors>A. Example, B. Other</authors><categories>cs.LG stat.ML</categories><abstract> Invented. </abstract></arXivRaw></metadata></record>`

func TestListFollowsTokens(t *testing.T) {
	a := &answers{bodies: []string{
		wrap(`<ListRecords>` + raw + `<record><header status="deleted"><identifier>oai:x:1</identifier><datestamp>2026-06-02</datestamp></header></record>
			<resumptionToken expirationDate="2026-06-02T00:00:00Z" completeListSize="3" cursor="0">a=b%26c|1</resumptionToken></ListRecords>`),
		wrap(`<ListRecords>` + raw + `<resumptionToken/></ListRecords>`),
	}}
	c := oaipmh.Client{Get: a, Base: "https://oai.example/x?db=1"}
	p, err := c.List(t.Context(), oaipmh.Query{Prefix: "arXivRaw", Set: "cs", From: "2026-06-01"})
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Records) != 2 || !p.Records[1].Deleted || p.Records[0].Deleted || p.Token != "a=b%26c|1" || p.Size != 3 ||
		!p.Expires.Equal(time.Date(2026, 6, 2, 0, 0, 0, 0, time.UTC)) || !p.ResponseDate.Equal(time.Date(2026, 6, 1, 2, 3, 4, 0, time.UTC)) {
		t.Errorf("first page: %+v", p)
	}
	p, err = c.List(t.Context(), oaipmh.Query{Prefix: "arXivRaw", Token: p.Token})
	if err != nil || p.Token != "" || len(p.Records) != 1 {
		t.Errorf("last page: %+v, %v", p, err)
	}
	want := []url.Values{
		{"db": {"1"}, "verb": {"ListRecords"}, "metadataPrefix": {"arXivRaw"}, "set": {"cs"}, "from": {"2026-06-01"}},
		{"db": {"1"}, "verb": {"ListRecords"}, "resumptionToken": {"a=b%26c|1"}},
	}
	if d := cmp.Diff(want, a.asked); d != "" {
		t.Errorf("asked (-want +got):\n%s", d)
	}
}

func TestArXivRaw(t *testing.T) {
	p, err := oaipmh.Parse([]byte(wrap(`<GetRecord>` + raw + `</GetRecord>`)))
	if err != nil {
		t.Fatal(err)
	}
	got, err := p.Records[0].ArXiv()
	if err != nil {
		t.Fatal(err)
	}
	want := oaipmh.ArXiv{ID: "2606.00001", Submitter: "A. Example", Title: "On & off", Authors: "A. Example, B. Other", Categories: "cs.LG stat.ML", Abstract: "Invented.",
		Versions: []oaipmh.Version{{Number: "v1", Date: time.Date(2026, 6, 1, 14, 0, 0, 0, time.UTC), Size: "20kb"},
			{Number: "v2", Date: time.Date(2026, 6, 2, 9, 0, 0, 0, time.UTC), Size: "21kb"}}}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	again, err := oaipmh.ParseRecord(p.Records[0].Raw)
	if d := cmp.Diff(p.Records[0].Metadata.Value("title"), again.Metadata.Value("title")); err != nil || d != "" {
		t.Errorf("read again: %v %s", err, d)
	}
}

func TestArXivNames(t *testing.T) {
	r, err := oaipmh.ParseRecord([]byte(`<record><metadata><arXiv><id>x</id><authors><author><keyname>King</keyname><forenames>M. L.</forenames>
		<suffix>Jr.</suffix><affiliation>A</affiliation><affiliation>B</affiliation></author><author><keyname>The Collaboration</keyname></author></authors></arXiv></metadata></record>`))
	if err != nil {
		t.Fatal(err)
	}
	got, err := r.ArXiv()
	want := []oaipmh.Name{{Keyname: "King", Forenames: "M. L.", Suffix: "Jr.", Affiliations: []string{"A", "B"}}, {Keyname: "The Collaboration"}}
	if d := cmp.Diff(want, got.Names); err != nil || d != "" {
		t.Errorf("%v (-want +got):\n%s", err, d)
	}
}

func TestErrors(t *testing.T) {
	for _, c := range []struct{ body, want string }{
		{wrap(`<error code="badResumptionToken">expired</error>`), "badResumptionToken: expired"},
		{wrap(`<error code="badArgument"/>`), "badArgument"},
		{wrap(``), "neither records nor an error"},
		{"broken xml", "read answer"},
		{"<html><body><h1>Retry after 10 seconds</h1></body></html>", `the answer is "html"`},
		{wrap(`<ListRecords>` + raw + `<record><header><ident`), "byte"},
		{strings.TrimSuffix(wrap(`<ListRecords>`+raw), "</OAI-PMH>"), "unexpected EOF"},
	} {
		a := &answers{bodies: []string{c.body}}
		_, err := (&oaipmh.Client{Get: a, Base: "https://oai.example/"}).List(t.Context(), oaipmh.Query{Prefix: "arXiv"})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%.60s: got error %v, want %q", c.body, err, c.want)
		}
		if got, want := oaipmh.BadToken(err), strings.Contains(c.body, "badRes"); got != want {
			t.Errorf("%.60s: BadToken = %v", c.body, got)
		}
	}
}

func TestErrorWithStatus(t *testing.T) {
	a := &answers{err: &fetch.StatusError{Status: 400, Body: []byte(wrap(`<error code="badResumptionToken"/>`))}}
	_, err := (&oaipmh.Client{Get: a, Base: "https://oai.example/"}).List(t.Context(), oaipmh.Query{Token: "x"})
	if !oaipmh.BadToken(err) {
		t.Errorf("got %v, want a bad token", err)
	}
}

func TestNoRecordsMatchIsEmpty(t *testing.T) {
	a := &answers{bodies: []string{wrap(`<error code="noRecordsMatch">none</error>`)}}
	p, err := (&oaipmh.Client{Get: a, Base: "https://oai.example/"}).List(t.Context(), oaipmh.Query{Prefix: "arXiv"})
	if err != nil || len(p.Records) != 0 || p.ResponseDate.IsZero() {
		t.Errorf("got %+v, %v; want an empty page", p, err)
	}
}

func TestStamp(t *testing.T) {
	at := time.Date(2026, 6, 1, 22, 3, 4, 0, time.FixedZone("", -4*3600))
	for g, want := range map[string]string{oaipmh.Days: "2026-06-02", oaipmh.Seconds: "2026-06-02T02:03:04Z", "": "2026-06-02"} {
		if got := (oaipmh.Identity{Granularity: g}).Stamp(at); got != want {
			t.Errorf("granularity %q: %s, want %s", g, got, want)
		}
	}
}

// TestRecorded reads every recorded and derived answer.
func TestRecorded(t *testing.T) {
	dir := os.Getenv("TESTDATA_DIR")
	if dir == "" {
		t.Skip("TESTDATA_DIR is not set: recorded answers are not read")
	}
	read := func(parts ...string) []byte {
		t.Helper()
		b, err := os.ReadFile(filepath.Join(append([]string{dir, "protocol"}, parts...)...))
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	for _, c := range []struct {
		file    string
		records int
		token   bool
		authors int // in the first record, by the names divided
	}{
		{"ListRecords_arXivRaw_page1.xml", 300, true, 0}, {"ListRecords_arXivRaw_page2.xml", 209, false, 0},
		{"ListRecords_arXiv_page1.xml", 300, true, 1}, {"ListRecords_arXiv_page2.xml", 209, false, 3},
	} {
		p, err := oaipmh.Parse(read("arxiv_oai", "derived_from_arxiv_templates", c.file))
		if err != nil || len(p.Records) != c.records || (p.Token != "") != c.token {
			t.Errorf("%s: %d records, token %q, error %v; want %d records", c.file, len(p.Records), p.Token, err, c.records)
			continue
		}
		for i, r := range p.Records {
			a, err := r.ArXiv()
			if err != nil || a.ID == "" || a.Title == "" || "oai:arXiv.org:"+a.ID != r.Identifier || len(a.Versions)+len(a.Names) == 0 {
				t.Errorf("%s: record %d: %+v, %v", c.file, i, a, err)
			}
			if i == 0 && len(a.Names) != c.authors {
				t.Errorf("%s: %d names in the first record, want %d", c.file, len(a.Names), c.authors)
			}
		}
	}
	for _, file := range []string{"ListRecords_oai_dc_page1.xml", "ListRecords_oai_dc_page2.xml"} {
		p, err := oaipmh.Parse(read("arxiv_oai", "derived_from_arxiv_templates", file))
		if err != nil {
			t.Fatal(err)
		}
		for i, r := range p.Records {
			if d, err := r.DublinCore(); err != nil || len(d.Title) != 1 || len(d.Creator) == 0 || len(d.Identifier) == 0 {
				t.Errorf("%s: record %d: %+v, %v", file, i, d, err)
			}
		}
	}
	for file, records := range map[string]int{
		"atomiklabs_listrecords_arxiv_a9c904f.xml":                                                                 5,
		"paperhive__getrecord---should-get-a-record__0__http_export_arxiv_org_80.xml":                              1,
		"paperhive__listrecords---should-list-identifiers-from-arxiv__1__http_export_arxiv_org_80.xml":             2,
		"paperhive__listrecords---should-list-identifiers-from-arxiv__0__http_export_arxiv_org_80.xml":             -2,
		"paperhive__identify---should-identify-arxiv__0__http_export_arxiv_org_80.xml":                             -2,
		"paperhive__listidentifiers---should-list-identifiers-from-arxiv__0__http_export_arxiv_org_80.xml":         -2,
		"paperhive__listmetadataformats---should-list-metadata-formats-for-arxiv__0__http_export_arxiv_org_80.xml": -2,
	} {
		p, err := oaipmh.Parse(read("arxiv_oai", "recorded", file))
		if records == -2 != (err != nil) || records > 0 && len(p.Records) != records {
			t.Errorf("%s: %d records, %v", file, len(p.Records), err)
		}
	}
	id, err := oaipmh.ParseIdentity(read("arxiv_oai", "recorded", "paperhive__identify---should-identify-arxiv__0__http_export_arxiv_org_80.xml"))
	if err != nil || id.Name != "arXiv" || id.Granularity != oaipmh.Days || id.DeletedRecord != "persistent" {
		t.Errorf("identity: %+v, %v", id, err)
	}
	for file, code := range map[string]string{"badArgument.xml": "badArgument", "badResumptionToken.xml": "badResumptionToken", "cannotDisseminateFormat.xml": "cannotDisseminateFormat",
		"idDoesNotExist.xml": "idDoesNotExist", "noRecordsMatch.xml": "noRecordsMatch", "noSetHierarchy.xml": "noSetHierarchy", "undefinedError.xml": "undefinedError"} {
		_, err := oaipmh.Parse(read("oai_generic", file))
		var e *oaipmh.Error
		if !errors.As(err, &e) || e.Code != code {
			t.Errorf("%s: got %v, want %s", file, err, code)
		}
	}
	for file, want := range map[string]int{"ListRecords.xml": 2, "ListRecords2.xml": 2, "ListRecords3.xml": 2, "ListRecords4.xml": 2, "GetRecord.xml": 1, "GetRecord_utf8test.xml": 1} {
		p, err := oaipmh.Parse(read("oai_generic", file))
		if err != nil || len(p.Records) != want {
			t.Errorf("%s: %d records, %v; want %d", file, len(p.Records), err, want)
		}
	}
	if _, err := oaipmh.Parse(read("oai_generic", "ListRecordsBroken.xml")); err == nil {
		t.Error("broken XML gave no error")
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(wrap(`<ListRecords>` + raw + `<resumptionToken expirationDate="x">t</resumptionToken></ListRecords>`)))
	f.Add([]byte(wrap(`<error code="noRecordsMatch"/>`)))
	f.Add([]byte(wrap(`<ListRecords><record><header/><metadata><oai_dc:dc xmlns:oai_dc="u"><dc:title>t</dc:title></oai_dc:dc></metadata></record></ListRecords>`)))
	f.Fuzz(func(t *testing.T, body []byte) {
		p, err := oaipmh.Parse(body)
		if err != nil {
			return
		}
		for _, r := range p.Records {
			r.ArXiv()
			r.DublinCore()
			if _, err := oaipmh.ParseRecord(r.Raw); err != nil {
				t.Fatalf("record %q of %q cannot be read alone: %v", r.Raw, body, err)
			}
		}
		oaipmh.ParseIdentity(body)
	})
}
