package boot

import (
	"testing"

	"broadsheet"
	"broadsheet/internal/app/apptest"
)

// The pages of administrators: who may not come in is told so whatever the form
// says, and who may has it done.
func init() {
	person := func(t *testing.T, w *rightsWorld) string {
		name := "spare-" + broadsheet.NewObjectID()[:20]
		apptest.Account(t, w.store, name, broadsheet.RoleMember)
		return "/admin/accounts/" + name
	}
	for name, c := range map[string]rightsCase{
		"GET /admin/accounts/{name}":  {make: person},
		"POST /admin/accounts/{name}": {make: person, form: "do=sessions"},
		"POST /admin/rules":           {form: "registration=closed"},
		"POST /admin/sources":         {form: "do=pause&source=arxiv-oai"},
		"POST /admin/sources/kept":    {form: "do=drop-all&source=none"},
		"POST /admin/jobs":            {form: "do=again&id=1"},
		"POST /admin/storage":         {form: "do=rebuild"},
		"POST /admin/delivery":        {form: "do=resume"},
	} {
		rightsCases[name] = c
	}
}
