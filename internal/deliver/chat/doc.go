// Package chat carries deliveries to chats and hooks: one HTTP request each.
//
// A Target is where a recipient is: a channel and a URL that usually is or holds
// a secret. Nothing of it but the host's name is ever shown, logged or kept in
// the ledger; what the other side says is searched for it before it is kept.
// What a request must hold besides, such as the key of a signature, stands in
// the URL's fragment (#secret=…, #token=…), which is never sent.
//
// An edition is one message, always: the ledger knows one delivery, and a second
// message would be one that nobody keeps account of. Where it is too long for
// the channel, summaries become shorter and go, then papers, and the message
// ends with a link to the edition on the web.
//
// What sources wrote cannot mention, link, format or end anything: where the
// channel has a form in which text is text (Slack's rich text, Adaptive Cards'
// text runs, Feishu's plain text) that is used, elsewhere the channel's own escapes; and
// invisible joiners (U+2060) keep programs that find addresses, names and tags in
// any text from finding them.
//
// An attempt is made once. What surely was not taken (no connection, 408, 429,
// 503) is tried again; what may have been (cut off, 500, 502) is unknown, as the
// ledger says, except where the channel knows a repeat by the delivery's token:
// Matrix, ntfy from 2.16 on and the signed webhook. 410 ends the target; 401, 403
// and 404 do where nothing has arrived there for long (deliver.Streak).
package chat
