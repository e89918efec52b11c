// Package app is what a person or a program may do with the site, one method
// each. Surfaces (pages, APIs, feeds) parse a request, call one method and show
// what it returns; because they call the same methods, a list holds the same
// papers in the same order wherever it is read.
//
// Methods check what they are given and return errors with a broadsheet.Kind:
// NotFound for what is not here, Invalid for what cannot be, with the field and
// the fix. Days are in the site's time zone, and the clock is injected.
package app
