package client_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"

	"broadsheet/client"
)

// stand answers in place of a site.
func stand() *httptest.Server {
	return httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/api/v1/lists/day":
			fmt.Fprint(w, `{"items":[{"id":"2606.00001","title":"Cooling of tea","votes":40}],"next":null}`)
		default:
			w.Header().Set("Content-Type", "application/problem+json")
			w.WriteHeader(http.StatusBadRequest)
			fmt.Fprint(w, `{"title":"Invalid request","detail":"\"2025-W53\" is not a week","field":"key","fix":"write an ISO week as 2026-W27"}`)
		}
	}))
}

// Reads the papers of the latest day, those with the most votes first.
func ExampleClient_ListPapers() {
	site := stand() // instead of https://papers.example
	defer site.Close()
	c, err := client.New(site.URL, client.Options{UserAgent: "my-bot/1.0"})
	if err != nil {
		fmt.Println(err)
		return
	}
	for p, err := range c.ListPapers(context.Background(), client.ListDay, "", client.View{Sort: "top"}) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(p.ID, p.Title, p.Votes)
	}
	// Output: 2606.00001 Cooling of tea 40
}

// Tells what was wrong with a request, and what is allowed.
func ExampleError() {
	site := stand()
	defer site.Close()
	c, err := client.New(site.URL, client.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = c.List(context.Background(), client.ListWeek, "2025-W53", client.View{})
	var no *client.Error
	if errors.As(err, &no) {
		fmt.Println(no.Status, no.Field, no.Fix)
	}
	// Output: 400 key write an ISO week as 2026-W27
}
