package app_test

import (
	"testing"

	"broadsheet"
	"broadsheet/internal/app"
)

// labs are papers of organisations, one of which has two handles.
func labs() []broadsheet.Paper {
	var out []broadsheet.Paper
	for i, o := range []broadsheet.Organization{{Key: "TeaLab", Name: "Tea Lab"}, {Key: "GullUniversity", Name: "Gull University"}, {Key: "GU", Name: "Gull University"},
		{Key: "GullUniversity", Name: "Gull University"}} {
		p := paper("2606.0000"+string(rune('1'+i)), "2026-06-29", i)
		p.Organizations = []broadsheet.Organization{o}
		out = append(out, p)
	}
	return out
}

func TestOrganizationByHandleInAnyCaseOrByName(t *testing.T) {
	a, _ := open(t, labs()...)
	for in, want := range map[string]string{"TeaLab": "TeaLab", "tealab": "TeaLab", "TEA LAB": "TeaLab", "tea-lab": "TeaLab",
		"gull university": "GullUniversity", "gu": "GU", "coffee": "", "": "", " - ": ""} {
		l, err := a.Organization(t.Context(), in, app.View{})
		if want == "" {
			if broadsheet.KindOf(err) != broadsheet.NotFound {
				t.Errorf("organisation %q: got %v, want that there is none", in, err)
			}
			continue
		}
		if err != nil || l.List.Key != want {
			t.Errorf("organisation %q: got %+v, %v, want %s", in, l, err, want)
		}
	}
	_, err := a.Organization(t.Context(), "univ", app.View{})
	if e, ok := err.(*broadsheet.Error); !ok || e.Fix != "did you mean GullUniversity or GU?" {
		t.Errorf("organisation univ: got %#v, want those with it in their name", err)
	}
}

func TestCategoryInAnyCase(t *testing.T) {
	a, _ := open(t, paper("2606.00001", "2026-06-29", 1))
	for in, want := range map[string]string{"cs.lg": "cs.LG", "CS.LG": "cs.LG", "CS": "cs", "Hep-TH": "hep-th"} {
		if l, err := a.Category(t.Context(), in, app.View{}); err != nil || l.List.Key != want {
			t.Errorf("category %q: got %+v, %v, want %s", in, l, err, want)
		}
	}
	for in, want := range map[string]string{"hep": "did you mean hep-ex, hep-lat, hep-ph or hep-th?", "LG": "did you mean cs.LG?", "!": "write a category as cs.LG, or an archive as cs"} {
		_, err := a.Category(t.Context(), in, app.View{})
		if e, ok := err.(*broadsheet.Error); !ok || e.Kind != broadsheet.NotFound || e.Fix != want {
			t.Errorf("category %q: got %#v, want the advice %q", in, err, want)
		}
	}
	if l, err := a.Day(t.Context(), "2026-06-29", app.View{Category: "CS.lg"}); err != nil || l.Total != 1 || l.View.Category != "cs.LG" {
		t.Errorf("a day's papers of CS.lg: got %+v, %v, want 1 of cs.LG", l, err)
	}
}
