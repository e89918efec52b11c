package embedtest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// Fault answers a request wrongly.
type Fault func(w http.ResponseWriter, r *http.Request)

// Says answers a status with an explanation, as OpenAI's API words it.
func Says(code int, message string) Fault {
	return func(w http.ResponseWriter, _ *http.Request) {
		body, _ := json.Marshal(map[string]any{"error": map[string]any{"message": message, "type": "invalid_request_error"}})
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(code)
		w.Write(body)
	}
}

// Later answers a status that asks to wait.
func Later(code int, retryAfter string) Fault {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", retryAfter)
		w.WriteHeader(code)
	}
}

// Body answers 200 and a text as JSON, whatever it is.
func Body(text string) Fault {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, text)
	}
}

// Page answers 200 and a page for people.
func Page(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/html")
	fmt.Fprint(w, "<!doctype html><title>Welcome to the network</title>")
}

// Hang answers nothing until the client has gone.
func Hang(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }

// Drip answers a byte now and then, until the client has gone.
func Drip(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		if _, err := w.Write([]byte(" ")); err != nil {
			return
		}
		w.(http.Flusher).Flush()
		select {
		case <-r.Context().Done():
			return
		case <-tick.C:
		}
	}
}

// Cut ends the connection in the middle of the answer.
func Cut(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", "100000")
	fmt.Fprint(w, `{"data":[`)
	panic(http.ErrAbortHandler)
}

// Huge answers more than anybody should read.
func Huge(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	blank := strings.Repeat(" ", 1<<20)
	for range 64 {
		if _, err := fmt.Fprint(w, blank); err != nil {
			return
		}
	}
}
