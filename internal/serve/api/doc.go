// Package api is the site's own JSON API, /api/v1: everything that pages show,
// and what people with an account do there, for programs.
//
// One table (operations.go) makes the routes and, in a test, the OpenAPI 3.1
// document that is served at /api/v1/openapi.json. The shapes of answers are the
// types of package client, so that document, server and client cannot differ.
//
// What is public needs no key. All else (writings.go) needs an API token in the
// header Authorization, with the scope that goes with the operation's right;
// cookies and addresses never say who asks.
//
// It guarantees that
//
//   - a list holds the papers of the page of the same name, in its order;
//   - ids are text; what is not known is missing; what a list always has is
//     there, also where it is empty;
//   - every "no" under /api/v1 is application/problem+json (RFC 9457) that names
//     the parameter and what is allowed, also for paths and methods that are not;
//   - a parameter that is not documented is refused, not ignored, and so is a
//     member of a body;
//   - WWW-Authenticate (RFC 6750) says that a token, or which scope, is missing;
//   - a cursor goes with the request that it came from and with no other;
//   - an answer changes only with the site's content, so that conditional
//     requests are answered 304: how long a search took stands in the header
//     Server-Timing, not in the body. Only the state of the site and of its
//     sources is live.
package api
