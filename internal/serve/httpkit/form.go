package httpkit

import (
	"errors"
	"mime"
	"net/http"
	"net/url"
	"os"

	"broadsheet"
)

// Form reads the form that an Action was sent, URL-encoded or multipart without
// files, within the route's MaxBody. Parameters of the URL are not part of it.
func Form(r *http.Request) (url.Values, error) {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil {
		return nil, refuse(http.StatusUnsupportedMediaType, broadsheet.Invalid, "the form has no type", "send application/x-www-form-urlencoded")
	}
	switch kind {
	case "application/x-www-form-urlencoded":
		if err := r.ParseForm(); err != nil {
			return nil, bodyError(err)
		}
		return r.PostForm, nil
	case "multipart/form-data":
		// The body is limited already, so all of it may stay in memory: no file
		// is ever written for it.
		if err := r.ParseMultipartForm(1 << 30); err != nil {
			return nil, bodyError(err)
		}
		if len(r.MultipartForm.File) > 0 {
			return nil, broadsheet.InvalidField("form", "this form takes no files", "send text fields only")
		}
		return url.Values(r.MultipartForm.Value), nil
	}
	return nil, refuse(http.StatusUnsupportedMediaType, broadsheet.Invalid, "the form has an unknown type", "send application/x-www-form-urlencoded")
}

// bodyError says what was wrong with a body that could not be read.
func bodyError(err error) error {
	var tooBig *http.MaxBytesError
	switch {
	case errors.As(err, &tooBig):
		return err
	case errors.Is(err, os.ErrDeadlineExceeded):
		return refuse(http.StatusRequestTimeout, broadsheet.Invalid, "the request came too slowly", "send it again")
	}
	return broadsheet.InvalidField("form", "the form cannot be read", "send it as a browser does")
}
