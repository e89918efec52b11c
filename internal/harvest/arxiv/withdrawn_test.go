package arxiv

import (
	"testing"

	"broadsheet"
)

// TestIsWithdrawn holds that harvests ask what imports ask, and look at the
// size of the last version besides.
func TestIsWithdrawn(t *testing.T) {
	sizes := func(list ...string) (out []broadsheet.Version) {
		for i, s := range list {
			out = append(out, broadsheet.Version{Number: i + 1, Size: s})
		}
		return out
	}
	for _, c := range []struct {
		paper broadsheet.Paper
		want  bool
	}{
		{broadsheet.Paper{Note: "Withdrawn, the result was known"}, true},
		{broadsheet.Paper{Abstract: "This submission has been withdrawn as its author wished."}, true},
		{broadsheet.Paper{Note: "Theorems 2 and 3 have been withdrawn"}, false},
		{broadsheet.Paper{Note: "Replaces arXiv:2001.00001, which has been withdrawn"}, false},
		{broadsheet.Paper{Versions: sizes("12kb", "0kb")}, true},
		{broadsheet.Paper{Versions: sizes("0kb", "12kb")}, false},
	} {
		if got := isWithdrawn(&c.paper); got != c.want {
			t.Errorf("%+v: %v, want %v", c.paper, got, c.want)
		}
	}
}
