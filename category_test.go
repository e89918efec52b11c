package broadsheet_test

import (
	"strings"
	"testing"

	"broadsheet"

	"github.com/google/go-cmp/cmp"
)

func TestClassify(t *testing.T) {
	for _, tt := range []struct{ in, categories, acm, msc string }{
		{"cs.LG", "cs.LG", "", ""},
		{"hep-th cond-mat.mes-hall cs.LG hep-th", "hep-th cond-mat.mes-hall cs.LG", "", ""},
		{"cs.AI I.2.7; H.1.2", "cs.AI", "I.2.7; H.1.2", ""},
		{"math.AP 35J56, (Primary) 35-02", "math.AP", "", "35J56, 35-02"},
		{"", "", "", ""},
	} {
		c, acm, msc := broadsheet.Classify(strings.Fields(tt.in))
		got := []string{strings.Join(c, " "), acm, msc}
		if diff := cmp.Diff([]string{tt.categories, tt.acm, tt.msc}, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", tt.in, diff)
		}
	}
}
