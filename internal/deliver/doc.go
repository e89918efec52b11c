// Package deliver carries planned deliveries to the other side and keeps the
// ledger of what came of each.
//
// What it guarantees, whatever dies when: what the other side accepted is what
// the ledger calls sent, or, of conversations that were open at the time, calls
// unknown; nothing is sent that was not planned; no suppressed address is
// written to. Whether what is unknown is sent again is the operator's choice:
// perhaps twice, or perhaps never.
//
// The order of things makes it so. A conversation carries one delivery at a time.
// Its claim is stored before anything is said; that it is being sent is on disk
// before the other side can take the message for good (before DATA, before a
// hook's request); the outcome is stored after the answer, together with the
// beginning of the next delivery of that conversation. The steps of all
// conversations of a moment share one commit, so that the disk is waited for
// once and none waits for more than one other.
package deliver
