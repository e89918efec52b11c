package app_test

import (
	"context"
	"strings"
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
	for in, want := range map[string]string{"cs.lg": "cs.LG", "CS.LG": "cs.LG", "CS": "cs", "Hep-TH": "hep-th", "DG-GA": "dg-ga"} {
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

// echo finds nothing and remembers what it was asked.
type echo struct{ asked *broadsheet.Query }

func (e echo) Search(_ context.Context, q broadsheet.Query) (*broadsheet.Results, error) {
	*e.asked = q
	return &broadsheet.Results{Query: q}, nil
}
func (echo) Similar(context.Context, []string, int) ([]broadsheet.Hit, error)      { return nil, nil }
func (echo) Duplicates(context.Context, string) ([]string, error)                  { return nil, nil }
func (echo) Suggest(context.Context, string, int) ([]broadsheet.Suggestion, error) { return nil, nil }

// A name stands for every handle that bears it.
func TestSearchByOrganizationsName(t *testing.T) {
	q := broadsheet.Query{}
	_, s := open(t, labs()...)
	a, err := app.New(app.Options{Store: s, Finder: echo{&q}})
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{`tea org:"Gull University"`: "gulluniversity gu", "tea org:tealab": "tealab", "tea org:TeaLab org:nobody": "tealab nobody"} {
		if _, err := a.Search(t.Context(), app.Search{Text: text}); err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(q.Organizations, " "); got != want {
			t.Errorf("search %q asks for the organisations %q, want %q", text, got, want)
		}
	}
}
