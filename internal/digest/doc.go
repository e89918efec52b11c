// Package digest decides what is said to whom and when: it numbers what becomes
// news, composes editions and plans a delivery of each for every subscription
// that is due.
//
// It guarantees that a subscription has at most one delivery a slot (its local
// day), that every paper of its topic that arrived is looked at for it exactly
// once, however late it came or however long the program was away, and that a
// recipient of several subscriptions is told of no paper twice.
//
// News is numbered as it comes (store.NoteArrivals). A subscription keeps the
// number up to which it was told; what is due looks at all that came since. An
// edition is composed once for all subscriptions of a topic that stand at the
// same number, and frozen. What did not fit into an edition, or had too few
// votes then, is not told later: the site's lists have it.
//
// A search looks only at what this machine's index holds for sure (see place): the
// rest stays news, and where the index is far behind the edition waits.
//
// A subscription that is paused or ended gets nothing more, also not what was
// planned: that is taken back (store.PutSubscription), counts as not told, and
// when it goes on comes with the next edition, as far as it is news then.
//
// What is due is walked in batches; the next is read and chosen for while the last
// is stored, each in one transaction.
//
// Rhythms are in the reader's time zone. An hour that a change of clocks skips is
// made up for at the change; one that comes twice counts the first time.
package digest
