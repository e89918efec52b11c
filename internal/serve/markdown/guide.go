package markdown

import (
	"fmt"
	"net/http"
	"strings"
)

// guide is /llms.txt: what the site is and where things are, for programs that
// read it for somebody.
func (s *Surface) guide(w http.ResponseWriter, _ *http.Request) error {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n\n", escape(s.name, true))
	if s.tagline != "" {
		fmt.Fprintf(&b, "> %s\n\n", escape(s.tagline, true))
	}
	text := guideText
	if s.sitemap {
		text += "- [Sitemap]({base}/sitemap.xml)\n"
	}
	b.WriteString(strings.ReplaceAll(text, "{base}", s.base))
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, err := w.Write([]byte(b.String()))
	return err
}

const guideText = `New research papers by day, week and month, with votes, summaries, code links and similar papers, and search by word and by
meaning. Every page below is also Markdown: put .md at the end of its path, or send "Accept: text/markdown". The same lists come
as feeds (.atom, .rss, .json) and citations (.bib, .ris, .csl.json). Reading needs no key. Papers are never hosted here: each
links to its source.

## Lists

- [Today]({base}/papers.md): the newest day; a day is {base}/papers/2026-07-01.md
- Weeks and months: {base}/papers/week/2026-W27.md, {base}/papers/month/2026-07.md
- [Hot]({base}/papers/hot.md): what readers look at now
- By category, author, organisation, keyword: {base}/categories/cs.LG.md, {base}/authors/ada-lovelace.md, {base}/orgs/KEY.md, {base}/keywords/WORD.md
- What there is: [categories]({base}/categories.md), [organisations]({base}/orgs.md), [months]({base}/papers/archive.md)
- Parameters of lists: sort=hot|top|new, cat=cs.LG, code=1 (with code), page=2, limit=1..100

## A paper

- {base}/papers/ID.md, where ID is an arXiv id (2503.02130, math/0309136) or a DOI (doi:10.1101/...)
- Citations: {base}/papers/ID.bib, .ris, .csl.json

## Search

- {base}/search.md?q=WORDS: your own words, "phrases", title: author: cat:cs.LG date:2025..2026-03 has:code -not; sort=date, limit=1..100
- {base}/search.md?like=ID: papers like another

## Programs

- [JSON API]({base}/api): /api/v1, described by {base}/api/v1/openapi.json; RateLimit headers say how much one client may ask
- Clients of Hugging Face's Daily Papers work with this site's address
- MCP: POST {base}/mcp
- [How papers are ranked]({base}/about)
`
