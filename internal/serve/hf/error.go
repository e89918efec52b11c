package hf

import (
	"crypto/rand"
	"encoding/json"
	"net/http"
	"strings"

	"broadsheet"
	"broadsheet/internal/serve/httpkit"
)

// codes are what X-Error-Code says, by status. None is one that the official
// client takes for a missing repository or a closed one.
var codes = map[int]string{
	http.StatusBadRequest: "InvalidParameter", http.StatusUnauthorized: "Unauthorized", http.StatusForbidden: "Forbidden", http.StatusNotFound: "NotFound",
	http.StatusMethodNotAllowed: "MethodNotAllowed", http.StatusConflict: "Conflict", http.StatusTooManyRequests: "RateLimited",
	http.StatusRequestEntityTooLarge: "TooLarge", http.StatusRequestURITooLong: "TooLong", http.StatusServiceUnavailable: "Unavailable",
}

// Error shows err as the format has it.
func (h *HF) Error(w http.ResponseWriter, _ *http.Request, err error) {
	text := httpkit.PublicText(err)
	code := codes[httpkit.Status(err)]
	if code == "" {
		code = "InternalError"
		if httpkit.Status(err) < http.StatusInternalServerError {
			code = "BadRequest"
		}
	}
	w.Header().Set("X-Error-Code", code)
	w.Header().Set("X-Error-Message", headerSafe(text))
	w.Header().Set("X-Request-Id", rand.Text()[:12])
	body, merr := json.Marshal(map[string]string{"error": text})
	if merr != nil {
		body = []byte(`{"error":"error"}`) // text marshals always
	}
	_ = answer(w, body) // memory
}

// maxMessage is the longest text in a header, in bytes.
const maxMessage = 300

// headerSafe is a text that can stand in a header: what a request said may be
// part of it, so that only plain characters stay.
func headerSafe(text string) string {
	text = strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return '?'
		}
		return r
	}, text)
	return text[:min(len(text), maxMessage)]
}

// unknown answers for all other paths under /api.
func unknown(http.ResponseWriter, *http.Request) error {
	return &broadsheet.Error{Kind: broadsheet.NotFound, Text: "there is no such address in this API"}
}
