// Package httpkit is what every surface stands on: it turns a table of routes
// into one HTTP handler.
//
// A surface writes a HandlerFunc for each Route: it parses, makes one call to
// the application, fills a struct and writes an answer or returns an error.
// The kit does the rest, the same for all surfaces. It guarantees that
//
//   - answers are written to memory first, so that an error or a panic half way
//     gives a whole error page with the right status, and HEAD equals GET;
//   - a Page is rendered once for all readers who ask for it, kept in memory with
//     its gzip and brotli forms, and shown until the site's content changes: its
//     handler sees neither cookies nor headers nor the Host that was asked for,
//     so it cannot depend on them;
//   - every answer carries the security headers and a charset, none but those of
//     Private and Action routes sets a cookie or depends on the reader;
//   - every mutating route refuses requests that another site's page sent, but for
//     those marked CrossOrigin, which see no cookie;
//   - every redirect stays on the site;
//   - URL, headers, body and their time are limited.
//
// Paths have no trailing slash, no empty and no dot segments: GETs of such
// paths are redirected to the clean one. A path element may hold an encoded
// slash (%2F); a handler gets it decoded from PathValue. Use EscapePath to
// write ids into paths.
package httpkit
