package remote_test

import (
	"fmt"
	"strings"
	"testing"

	"broadsheet/internal/embed"
	"broadsheet/internal/embed/embedtest"
	"broadsheet/internal/embed/remote"
)

// TestOddRefusal: one text that is refused for what stands in its end, in words
// that do not tell, shortens the others for a while only; where the service says
// that length was the matter, or goes on refusing, longer ones are tried never or
// seldom.
func TestOddRefusal(t *testing.T) {
	long := strings.Repeat("word ", 400)
	odd := strings.Repeat("word ", 300) + "odd " + strings.Repeat("word ", 99)
	for _, c := range []struct {
		name  string
		set   func(*embedtest.Server)
		whole bool // texts are sent whole in the end
		tried int  // of 500 texts, those that were sent whole at first, at most
	}{
		{"what stands in it", func(s *embedtest.Server) { s.Refuses = "odd" }, true, 500},
		{"length, in unknown words", func(s *embedtest.Server) { s.MaxText, s.TooLong = 1200, embedtest.Says(400, "nope") }, false, 3},
		{"length, as it says", func(s *embedtest.Server) { s.MaxText = 1200 }, false, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := embedtest.New(t)
			c.set(s)
			m, _ := model(t, s, remote.Options{})
			if _, err := m.Embed(t.Context(), embed.Document, []string{odd}); err != nil {
				t.Fatal(err)
			}
			s.Asked()
			sent, tried := 0, 0
			for i := range 500 {
				got, err := m.Embed(t.Context(), embed.Document, []string{fmt.Sprintf("%03d ", i) + long[4:]})
				if err != nil || got[0] == nil {
					t.Fatalf("text %d: %v, %v", i, got, err)
				}
				asked := s.Asked()
				if sent = len(asked[0].Input[0]); sent == len(long) {
					tried++
				}
			}
			if whole := sent == len(long); whole != c.whole || tried > c.tried {
				t.Errorf("the last text: %d bytes of %d were sent; %d texts were tried whole; want whole %t, at most %d", sent, len(long), tried, c.whole, c.tried)
			}
		})
	}
}
