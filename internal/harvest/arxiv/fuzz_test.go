package arxiv

import (
	"testing"
	"time"

	"broadsheet/internal/lib/oaipmh"
)

func FuzzFeed(f *testing.F) {
	f.Add([]byte(`<rss><channel><item><title>T</title><description>arXiv:2606.00001v1 Announce Type: new 
Abstract: x</description><guid>oai:arXiv.org:2606.00001v1</guid><pubDate>Wed, 03 Jun 2026 00:00:00 -0400</pubDate></item></channel></rss>`))
	f.Add([]byte(`<feed><totalResults>1</totalResults><entry><id>http://arxiv.org/abs/2606.00001v2</id><title>T</title><published>2026-06-01T00:00:00Z</published></entry></feed>`))
	f.Add([]byte(`<OAI-PMH><ListRecords><record><metadata><arXivRaw><id>2606.00001</id><title>T</title><version version="v1"><date>Mon, 01 Jun 2026 14:00:00 GMT</date></version></arXivRaw></metadata></record></ListRecords></OAI-PMH>`))
	now := time.Date(2026, 6, 3, 0, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, body []byte) {
		items, _ := feedItems(body)
		for _, it := range items {
			if it.err == nil && (it.paper.ID == "" || it.paper.Title == "" || it.paper.AnnouncedOn == "") {
				t.Fatalf("%q gives %+v", body, it.paper)
			}
		}
		answer, _ := parseFeed(body)
		for _, e := range answer.entries {
			if p, err := fromEntry(e.Node, now); err == nil && (p.ID == "" || p.Title == "") {
				t.Fatalf("%q gives %+v", body, p)
			}
		}
		page, _ := oaipmh.Parse(body)
		for _, r := range page.Records {
			if p, err := FromOAI(r, now); err == nil && (p.ID == "" || p.Title == "") {
				t.Fatalf("%q gives %+v", body, p)
			}
		}
	})
}
