package web

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"

	"broadsheet"
	"broadsheet/internal/app"
	"broadsheet/internal/serve/httpkit"
)

const profilePath = "/account"

// maxPictureForm is the most bytes of a form with a picture, which may have
// app.MaxPicture, and of what stands around it. What is larger than a picture and
// no larger than this is told so on the form.
const maxPictureForm = 2 << 20

// profileForm is the form in which somebody says what stands on the page of their
// name.
type profileForm struct {
	Frame      frame
	Nav        []navItem
	Done       string
	Name, Page string
	Draft      app.ProfileDraft
	Links      []linkBox
	ORCID      string
	Proves     bool // an iD can be proven here
	Picture    string
	Zones      []zoneGroup
	Wrong      map[string]string // by field
	Banned     string            // why nothing can be changed
	MaxName    int
	MaxBio     int
	MaxPlace   int
	MaxLinks   int
}

// linkBox is a box for the address of a page, with what is wrong with it.
type linkBox struct{ ID, Label, Value, Wrong string }

// linkBoxes are those of the links that there are and, while there may be more,
// two that are empty.
func linkBoxes(links []string, wrong map[string]string) (out []linkBox) {
	for i := range max(len(links), min(len(links)+2, app.MaxLinks)) {
		b := linkBox{ID: app.LinkField(i), Label: fmt.Sprint("Page ", i+1)}
		if i < len(links) {
			b.Value, b.Wrong = clip(links[i], 400), wrong[b.ID]
		}
		out = append(out, b)
	}
	return out
}

var profileDone = map[string]string{"profile": "It is saved.", "picture": "The picture is yours now.", "no-picture": "The picture is gone."}

func (w *Web) ownProfile(rw http.ResponseWriter, r *http.Request) error {
	d, err := w.app.OwnProfile(r.Context(), app.ActorOf(r.Context()))
	if err != nil {
		return err
	}
	p := w.profileForm(r, d, nil)
	p.Done = profileDone[r.URL.Query().Get("done")]
	return w.render(rw, "profile.html", p)
}

func (w *Web) profileForm(r *http.Request, d app.ProfileDraft, err error) profileForm {
	by := app.ActorOf(r.Context())
	x := by.Account
	p := profileForm{Frame: w.aside("Profile"), Nav: accountNav(profilePath), Name: by.Name(), Page: peoplePath(by.Name()), Draft: d, ORCID: x.ORCID, Zones: zoneGroups,
		Wrong: wrongFields(err), MaxName: app.MaxFullName, MaxBio: app.MaxBio, MaxPlace: app.MaxAffiliation, MaxLinks: app.MaxLinks}
	p.Links = linkBoxes(d.Links[:min(len(d.Links), 2*app.MaxLinks)], p.Wrong)
	if x.AvatarKey != "" {
		p.Picture = portraitPath + x.AvatarKey
	}
	p.Proves = w.provesORCID()
	if x.State == broadsheet.AccountBanned {
		p.Banned = cmp.Or(x.BanReason, "no reason is given")
	}
	if len(p.Wrong) > 0 {
		p.Frame.Title = "Error: " + p.Frame.Title
	}
	return p
}

// provesORCID tells whether people can sign in with ORCID here: without that no iD
// can be shown to be somebody's.
func (w *Web) provesORCID() bool {
	return slices.ContainsFunc(w.app.Providers(), func(o app.ProviderName) bool { return o.Name == "orcid" })
}

// wrongFields are the problems of a form by their fields; nil where err is none.
func wrongFields(err error) map[string]string {
	var out map[string]string
	all := []error{err}
	var joined interface{ Unwrap() []error }
	if errors.As(err, &joined) {
		all = joined.Unwrap()
	}
	for _, one := range all {
		var e *broadsheet.Error
		if !errors.As(one, &e) || e.Field == "" {
			continue
		}
		if out == nil {
			out = map[string]string{}
		}
		text := sentence(e.Text)
		if e.Fix != "" {
			text += " " + sentence(e.Fix)
		}
		if out[e.Field] != "" {
			text = out[e.Field] + " " + text
		}
		out[e.Field] = text
	}
	return out
}

func (w *Web) editProfile(rw http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return formError(err)
	}
	v := r.PostForm
	d := app.ProfileDraft{FullName: v.Get("name"), Bio: v.Get("bio"), Affiliation: v.Get("affiliation"), Zone: strings.TrimSpace(v.Get("zone")), HideVotes: v.Get("votes") == "hide", Links: lineList(strings.Join(v["links"], "\n"))}
	err := w.app.EditProfile(r.Context(), app.ActorOf(r.Context()), d)
	if err == nil {
		return httpkit.Redirect(rw, r, profilePath+"?done=profile", http.StatusSeeOther)
	}
	if wrongFields(err) == nil {
		return err
	}
	rw.WriteHeader(http.StatusBadRequest)
	d.FullName, d.Bio, d.Affiliation = clip(d.FullName, 400), clip(d.Bio, 4000), clip(d.Affiliation, 600)
	return w.render(rw, "profile.html", w.profileForm(r, d, err))
}

func (w *Web) changePicture(rw http.ResponseWriter, r *http.Request) error {
	by := app.ActorOf(r.Context())
	// All of the form fits into memory: nothing of it is put on the disk.
	if err := r.ParseMultipartForm(maxPictureForm); err != nil && !errors.Is(err, http.ErrNotMultipart) {
		return formError(err)
	}
	done, err := "picture", error(nil)
	if r.PostForm.Get("do") == "remove" {
		done, err = "no-picture", w.app.DropPicture(r.Context(), by)
	} else {
		var original []byte
		if original, err = uploaded(r, "picture"); err == nil {
			err = w.app.SetPicture(r.Context(), by, original)
		}
	}
	if err == nil {
		return httpkit.Redirect(rw, r, profilePath+"?done="+done+"#picture", http.StatusSeeOther)
	}
	if wrongFields(err) == nil {
		return err
	}
	d, derr := w.app.OwnProfile(r.Context(), by)
	if derr != nil {
		return derr
	}
	rw.WriteHeader(http.StatusBadRequest)
	return w.render(rw, "profile.html", w.profileForm(r, d, err))
}

// uploaded is the file of a form's field, nothing where none was chosen.
func uploaded(r *http.Request, field string) ([]byte, error) {
	if r.MultipartForm == nil || len(r.MultipartForm.File[field]) == 0 {
		return nil, nil
	}
	f, err := r.MultipartForm.File[field][0].Open()
	if err != nil {
		return nil, formError(err)
	}
	defer f.Close()
	return io.ReadAll(f)
}
