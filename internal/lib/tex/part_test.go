package tex_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"broadsheet/internal/lib/tex"
)

func TestParts(t *testing.T) {
	for _, tc := range []struct {
		text string
		want []tex.Part
	}{
		{"", nil},
		{`G\"odel  and $\sqrt{t}$: a law`, []tex.Part{{Text: "Gödel and "}, {Text: `\sqrt{t}`, Math: true}, {Text: ": a law"}}},
		{`$x$ $y$`, []tex.Part{{Text: "x", Math: true}, {Text: " "}, {Text: "y", Math: true}}},
		{`$x$à la $y$`, []tex.Part{{Text: "x", Math: true}, {Text: "à la "}, {Text: "y", Math: true}}},
		{`from $5 to $6 a cup`, []tex.Part{{Text: "from $5 to $6 a cup"}}},
		{"\\emph{a $b$ c}\n", []tex.Part{{Text: "a "}, {Text: "b", Math: true}, {Text: " c "}}},
	} {
		if diff := cmp.Diff(tc.want, tex.Parts(tc.text)); diff != "" {
			t.Errorf("Parts(%q) (-want +got):\n%s", tc.text, diff)
		}
	}
}
