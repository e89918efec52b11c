// Package auth knows how people prove who they are: words that open things, codes
// of second factors, passkeys, accounts elsewhere, and which names may be had. It
// keeps nothing: what it makes and checks is stored by who calls it.
//
// What it guarantees: every word that opens something holds 128 random bits or
// more, is made for one purpose, and is stored as a hash that is of no use for
// another; what people are to type is shorter and good for few tries only.
package auth
