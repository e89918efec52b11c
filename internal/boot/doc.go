// Package boot assembles the program: it opens the store, fills an empty one
// with the sample edition, starts the server, the search and the background
// work, and ends them in order.
//
// It guarantees that the start does the same work however many papers there
// are, that a port, disk or database that cannot be used stops it with a text
// that names the setting, and that what it started has ended when it returns.
package boot
