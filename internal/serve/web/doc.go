// Package web shows the site to people: pages made on the server that need no
// script, cookie or account to be read.
//
// Each handler parses the request, makes one call to the use cases, fills a
// typed struct and renders a template. What it guarantees:
//
//   - a paper in a list is one <article> with h3 > a, and nothing else is an
//     article, so that programs can find papers in pages;
//   - nothing in a page comes from another host, and there is no style or script
//     in the page itself: one style sheet and one small script are all;
//   - text from sources is escaped by html/template; markup is only made by
//     package tex, in one place (text.go); links lead to http and https only.
//
// Templates stand in template/, one file a page. Their lines are trimmed and
// joined without a blank: a blank that must be seen is written {{" "}}.
package web
