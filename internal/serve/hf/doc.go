// Package hf answers in the Hugging Face Papers wire format, so that clients of
// that service work against this site by changing their base URL: reading for
// everybody; commenting, claiming, linking and fetching papers with an API token.
//
// It guarantees that
//
//   - an entry that was recorded comes back with every member of the recording,
//     and with what the official client looks for elsewhere (hfwire.AppendEntry);
//   - lists are of papers that people chose, on the day on which they did; only a
//     site on which nothing was ever chosen gives the papers announced;
//   - parameters that are not known are ignored, as that service does; those that
//     are known and cannot be are answered 400 with the parameter's name;
//   - errors are {"error": "…"} with X-Error-Code, X-Error-Message, X-Request-Id.
//
// A day, week or month is ordered by votes, as the recordings are; sort=trending
// is the order of the site's front page, sort=publishedAt the newest first.
//
// Models linked to papers are not kept here: those lists are empty. Counts of
// comments hold those made elsewhere, of which there are no words.
package hf
