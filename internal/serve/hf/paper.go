package hf

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"net/http"
	"net/url"
	"strings"

	"broadsheet"
	"broadsheet/internal/lib/hfwire"
)

// papers is GET /api/papers: all papers, those that came here last first.
func (h *HF) papers(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	form, err := writing(q)
	if err != nil {
		return err
	}
	limit, err := number(q, "limit", 1, maxLimit, defaultLimit)
	if err != nil {
		return err
	}
	before, err := readCursor(q.Get("cursor"))
	if err != nil {
		return err
	}
	cards, next, err := h.app.Recent(r.Context(), before, limit)
	if err != nil {
		return err
	}
	ids := make([]string, len(cards))
	for i := range cards {
		ids[i] = cards[i].ID
	}
	papers, err := h.app.LastChosen(r.Context(), ids)
	if err != nil {
		return err
	}
	if next > 0 {
		follow := url.Values{"cursor": {cursor(next)}, "limit": {fmt.Sprint(limit)}}
		if form.Cut {
			follow.Set("authors", fmt.Sprint(form.Authors))
		}
		w.Header().Set("Link", "<"+h.base+"/api/papers?"+follow.Encode()+`>; rel="next"`)
	}
	return h.list(w, r, papers, form)
}

// cursor writes where a list goes on, with a check sum, so that one that was
// changed is not taken for another place.
func cursor(n int64) string {
	b := binary.BigEndian.AppendUint64(nil, uint64(n))
	return base64.RawURLEncoding.EncodeToString(binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b)))
}

// readCursor reads what cursor wrote; 0 for "".
func readCursor(text string) (int64, error) {
	if text == "" {
		return 0, nil
	}
	b, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err == nil && len(b) == 12 && binary.BigEndian.Uint32(b[8:]) == crc32.ChecksumIEEE(b[:8]) {
		if n := int64(binary.BigEndian.Uint64(b)); n > 0 {
			return n, nil
		}
	}
	return 0, broadsheet.InvalidField("cursor", fmt.Sprintf("%.40q is none that was given out", text), "follow the Link header, or leave it out")
}

// paper is GET /api/papers/{id}, and what hangs on a paper: ids of old have a
// slash in them, so that what follows is cut off here.
func (h *HF) paper(w http.ResponseWriter, r *http.Request) error {
	text, comments := strings.CutSuffix(r.PathValue("id"), "/comments")
	id, _, err := broadsheet.ParseID(text)
	if err != nil {
		return errNoPaper(text)
	}
	form, err := writing(r.URL.Query())
	if err != nil {
		return err
	}
	papers, err := h.app.Whole(r.Context(), []string{id})
	if err != nil {
		return err
	}
	if len(papers) == 0 {
		return errNoPaper(text)
	}
	if comments { // of those that numComments counts, what was said elsewhere is not here
		return h.comments(w, r, papers[0].ID)
	}
	p := &papers[0]
	say, err := h.app.PeopleSay(r.Context(), []string{p.ID})
	if err != nil {
		return err
	}
	return answer(w, hfwire.AppendPaper(nil, p, hfwire.LastFeature(p), said(form, &say, p.ID)))
}

func errNoPaper(id string) error {
	return &broadsheet.Error{Kind: broadsheet.NotFound, Field: "id", Text: fmt.Sprintf("the paper %.60q is not here", id)}
}

// repos is GET /api/arxiv/{id}/repos: what is linked to a paper at the service.
// Nothing of that is kept here.
func (h *HF) repos(w http.ResponseWriter, r *http.Request) error {
	text, ok := strings.CutSuffix(r.PathValue("id"), "/repos")
	if !ok {
		return unknown(w, r)
	}
	if _, _, ok := broadsheet.ParseArxivID(text); !ok {
		return broadsheet.InvalidField("id", fmt.Sprintf("%.60q is not an arXiv id", text), "write an id as 2503.02130")
	}
	return answer(w, []byte(`{"models":[],"datasets":[],"spaces":[],"numTotalModels":0,"numTotalDatasets":0,"numTotalSpaces":0}`))
}
