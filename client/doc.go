// Package client reads, and writes to, a Broadsheet site through its JSON API, /api/v1.
//
//	c, err := client.New("https://papers.example", client.Options{})
//	for paper, err := range c.ListPapers(ctx, client.ListHot, "", client.View{Limit: 100}) {
//		…
//	}
//
// Its types are the shapes of the API's answers: the server writes these very
// types and its OpenAPI document is made from them, so the two cannot differ.
// Fields that this version does not know are ignored, so that a program goes on
// working against a newer site.
//
// With Options.Token, an API token that a person makes on the site under Account, it
// votes, comments, submits and moderates as that person, as far as the token's
// scopes and the account's role allow. What lacks is an *Error with status 401 (no
// token, or one that has ended) or 403.
//
// A Client is safe for use by many at once. Every method takes a context and
// gives up when it ends. A site that says "not now" (429, 503) is asked again
// after the time that it names, a few times; what remains is an *Error with the
// status, the parameter that was wrong and what is allowed. Iterators follow
// cursors and ask for the next page when it is needed, not before.
//
// It imports the standard library only.
package client
