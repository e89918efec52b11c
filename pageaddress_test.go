package broadsheet_test

import (
	"testing"

	"broadsheet"
)

// Everything that help and documents promise for an id.
func TestParseIDReadsAddressesOfPages(t *testing.T) {
	for in, want := range map[string]string{
		"http://localhost:8765/papers/2503.02130":                              "2503.02130",
		"localhost:8765/papers/2503.02130":                                     "2503.02130",
		"https://papers.example/papers/2503.02130.md":                          "2503.02130",
		"https://papers.example/papers/math/0309136":                           "math/0309136",
		"https://papers.example/papers/doi:10.1101/2020.05.01.073262?x=1#y":    "doi:10.1101/2020.05.01.073262",
		"https://papers.example/papers/doi%3A10.1101%2F2020.05.01.073262":      "doi:10.1101/2020.05.01.073262",
		"https://papers.example/archive/papers/acl:2023.acl-long.1":            "acl:2023.acl-long.1",
		"https://huggingface.co/papers/2503.02130":                             "2503.02130",
		"huggingface.co/papers/2503.02130":                                     "2503.02130",
		"https://www.alphaxiv.org/overview/2503.02130v2":                       "2503.02130",
		"https://ar5iv.labs.arxiv.org/html/2503.02130":                         "2503.02130",
		"https://www.semanticscholar.org/arxiv/2503.02130":                     "2503.02130",
		"https://api.semanticscholar.org/arXiv:2503.02130":                     "2503.02130",
		"https://papers.cool/arxiv/2503.02130":                                 "2503.02130",
		"https:/arxiv.org/abs/math.GT/0309136v1":                               "math/0309136",
		"https://example.org/pdf/2503.02130v3.pdf":                             "2503.02130",
		"https://www.biorxiv.org/content/10.1101/2020.05.01.073262v2.full.pdf": "doi:10.1101/2020.05.01.073262",
		"url:https://example.org/2503.02130":                                   "url:https://example.org/2503.02130",
		"https://example.org/about":                                            "",
		"https://example.org/papers/2026-07-01":                                "",
		"https://papers.example/papers/https://papers.example/about":           "",
		"gulls/2503.02130": "",
	} {
		got, _, err := broadsheet.ParseID(in)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("ParseID(%q): got %q, %v, want %q", in, got, err, want)
		}
	}
}
