package mcp_test

import "testing"

// BenchmarkList is a call over HTTP without the network: a session, a list of
// three papers, an answer.
func BenchmarkList(b *testing.B) {
	s := newSite(b)
	limitless := &site{Handler: unlimited(s.mcp), mcp: s.mcp}
	b.ReportAllocs()
	for b.Loop() {
		limitless.call(b, "list", `{"limit":20}`)
	}
}
