package web

import "broadsheet/internal/serve/address"

// fileForm is another form of a page, to be saved.
type fileForm struct{ Name, Path string }

// fileForms are the forms of the page at a path.
func fileForms(path string) []fileForm {
	var out []fileForm
	for _, f := range []struct{ name, suffix string }{{"BibTeX", ".bib"}, {"RIS", ".ris"}, {"CSL-JSON", ".csl.json"}, {"Markdown", ".md"}} {
		out = append(out, fileForm{f.name, address.Form(path, f.suffix)})
	}
	return out
}

// forms names the Markdown and the citations of the list at a path.
func (f *frame) forms(path string, papers int) {
	f.Markdown = address.Form(path, ".md")
	if papers > 0 {
		f.Cite = address.Form(path, ".bib")
	}
}
