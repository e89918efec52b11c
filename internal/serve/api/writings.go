package api

import (
	"net/http"

	"broadsheet/client"
	"broadsheet/internal/app"
)

var (
	commentParam    = path("id", "Id of a comment.", "665f1c0000000000000000aa")
	submissionParam = path("id", "Id of a submission.", "665f1c0000000000000000bb")
	claimParam      = path("id", "Id of a claim.", "665f1c0000000000000000cc")
	reactionParam   = param{name: "reaction", inPath: true, form: choice, choices: []string{"heart", "party", "think", "eyes", "thanks"}, example: "heart", about: "Which reaction."}

	// slashedParams are those of all that hangs on a paper.
	slashedParams = append([]param{{name: "sort"}, cursorParam}, similarParams...)
)

// writings are what needs an API token: what is one's own to read, and all that
// changes something.
var writings = []operation{
	{id: "me", tag: "Account", path: "/me", summary: "Whose token it is, and what it may do", right: app.RightKnown, answer: client.Me{}, handle: (*API).me},
	{id: "notifications", tag: "Account", path: "/notifications", summary: "What the account is told, the newest first", right: app.RightRead,
		params: []param{cursorParam}, answer: client.Notifications{}, handle: (*API).notifications},
	{id: "readNotifications", tag: "Account", method: http.MethodPost, path: "/notifications/read", summary: "Mark notifications as read", right: app.RightRead,
		body: client.ReadThrough{}, handle: (*API).readNotifications},

	{id: "vote", tag: "Papers", method: http.MethodPut, path: "/papers/{id}/vote", summary: "Vote for a paper", about: "Doing it again changes nothing.",
		params: []param{idParam}, right: app.RightVote, answer: client.Voted{}, handle: (*API).vote},
	{id: "unvote", tag: "Papers", method: http.MethodDelete, path: "/papers/{id}/vote", summary: "Take a vote back", about: "Doing it again changes nothing.",
		params: []param{idParam}, right: app.RightVote, answer: client.Voted{}, handle: (*API).vote},

	{id: "comment", tag: "Discussion", method: http.MethodPost, path: "/papers/{id}/comments", summary: "Say something about a paper, or answer a comment",
		about:  "The text is Markdown with math. state is held where it waits for a moderator.",
		params: []param{idParam}, right: app.RightComment, body: client.NewComment{}, answer: client.Comment{}, created: true, handle: (*API).newComment},
	{id: "previewComment", tag: "Discussion", method: http.MethodPost, path: "/comments/preview", summary: "See how a text would be shown", right: app.RightComment,
		body: client.Draft{}, answer: client.Preview{}, handle: (*API).previewComment},
	{id: "ownComment", tag: "Discussion", path: "/comments/{id}", summary: "A comment of one's own, as it was written", right: app.RightComment,
		params: []param{commentParam}, answer: client.Comment{}, handle: (*API).ownComment},
	{id: "editComment", tag: "Discussion", method: http.MethodPatch, path: "/comments/{id}", summary: "Edit a comment of one's own", about: "409 where it was edited since that version. What it said before stays to be seen.",
		params: []param{commentParam}, right: app.RightComment, body: client.CommentEdit{}, answer: client.Comment{}, handle: (*API).editComment},
	{id: "deleteComment", tag: "Discussion", method: http.MethodDelete, path: "/comments/{id}", summary: "Delete a comment of one's own", about: "Its place and the answers to it stay.",
		params: []param{commentParam}, right: app.RightComment, handle: (*API).deleteComment},
	{id: "voteComment", tag: "Discussion", method: http.MethodPut, path: "/comments/{id}/vote", summary: "Say whether a comment is helpful",
		params: []param{commentParam}, right: app.RightVote, body: client.Opinion{}, answer: client.Opinions{}, handle: (*API).voteComment},
	{id: "react", tag: "Discussion", method: http.MethodPut, path: "/comments/{id}/reactions/{reaction}", summary: "Answer without words",
		params: []param{commentParam, reactionParam}, right: app.RightVote, answer: client.Reactions{}, handle: (*API).react},
	{id: "unreact", tag: "Discussion", method: http.MethodDelete, path: "/comments/{id}/reactions/{reaction}", summary: "Take a reaction back",
		params: []param{commentParam, reactionParam}, right: app.RightVote, answer: client.Reactions{}, handle: (*API).react},

	{id: "submit", tag: "Submissions", method: http.MethodPost, path: "/submissions", summary: "Look up a paper to submit",
		about: "The paper is looked up at its source; where that takes long the state is looking, and the submission is to be read again. Nothing is featured before it is sent. Asking again for what is still open gives the same submission.",
		right: app.RightSubmit, body: client.NewSubmission{}, answer: client.Submission{}, created: true, handle: (*API).submit},
	{id: "submissions", tag: "Submissions", path: "/submissions", summary: "One's own submissions, the newest first", right: app.RightRead,
		params: []param{cursorParam}, answer: client.Submissions{}, handle: (*API).submissions},
	{id: "submission", tag: "Submissions", path: "/submissions/{id}", summary: "A submission", about: "One's own; curators read all that were sent.", right: app.RightRead,
		params: []param{submissionParam}, answer: client.Submission{}, handle: (*API).ownSubmission},
	{id: "sendSubmission", tag: "Submissions", method: http.MethodPost, path: "/submissions/{id}/send", summary: "Confirm a submission",
		about:  "By the rules of the site the paper is featured at once or waits for a curator. Sending it again changes nothing.",
		params: []param{submissionParam}, right: app.RightSubmit, body: client.Send{}, answer: client.Submission{}, handle: (*API).sendSubmission},
	{id: "takeBack", tag: "Submissions", method: http.MethodDelete, path: "/submissions/{id}", summary: "Take a submission back that nobody has decided",
		params: []param{submissionParam}, right: app.RightSubmit, handle: (*API).takeBack},

	{id: "claim", tag: "Claims", method: http.MethodPost, path: "/claims", summary: "Say that one is an author of a paper",
		about: "It is accepted at once where the account's proven ORCID iD or, by the rules of the site, its verified address is that of the author; else moderators decide.",
		right: app.RightClaim, body: client.NewClaim{}, answer: client.Claim{}, created: true, handle: (*API).newClaim},
	{id: "claims", tag: "Claims", path: "/claims", summary: "One's own claims, the newest first", right: app.RightRead, params: []param{cursorParam}, answer: client.Claims{}, handle: (*API).claims},
	{id: "withdrawClaim", tag: "Claims", method: http.MethodDelete, path: "/claims/{id}", summary: "Take a claim back", params: []param{claimParam}, right: app.RightClaim, handle: (*API).withdrawClaim},
	{id: "setLinks", tag: "Claims", method: http.MethodPatch, path: "/papers/{id}/links", summary: "Say what belongs to a paper: code, pages, pictures, organisations",
		about:  "For claimed authors of the paper and for curators.",
		params: []param{idParam}, right: app.RightClaim, body: client.Links{}, answer: client.Paper{}, handle: (*API).setLinks},
	{id: "claimCases", tag: "Moderation", path: "/moderation/claims", summary: "Claims that wait for moderators", right: app.RightModerate, answer: client.Claims{}, handle: (*API).claimCases},
	{id: "decideClaim", tag: "Moderation", method: http.MethodPost, path: "/claims/{id}/decision", summary: "Accept or reject a claim", about: "To reject one that was accepted revokes it.",
		params: []param{claimParam}, right: app.RightModerate, body: client.Decision{}, answer: client.Claim{}, handle: (*API).decideClaim},

	{id: "queue", tag: "Curating", path: "/queue", summary: "What waits for a curator, what waits longest first", right: app.RightCurate, answer: client.Queue{}, handle: (*API).queue},
	{id: "decide", tag: "Curating", method: http.MethodPost, path: "/submissions/{id}/decision", summary: "Accept or reject a submission", about: "409 where another curator was faster.",
		params: []param{submissionParam}, right: app.RightCurate, body: client.Decision{}, answer: client.Submission{}, handle: (*API).decide},
	{id: "feature", tag: "Curating", method: http.MethodPut, path: "/papers/{id}/feature", summary: "Put a paper on today's front page", about: "409 where it is there.",
		params: []param{idParam}, right: app.RightCurate, handle: (*API).feature},
	{id: "unfeature", tag: "Curating", method: http.MethodDelete, path: "/papers/{id}/feature", summary: "Take a paper off today's front page", about: "409 where it is not there.",
		params: []param{idParam, {name: "reason", most: 500, about: "Why; who submitted it reads it.", example: "It was there last week."}}, right: app.RightCurate, handle: (*API).unfeature},

	{id: "report", tag: "Moderation", method: http.MethodPost, path: "/reports", summary: "Tell the moderators of a paper, a comment or an account",
		right: app.RightFlag, body: client.Report{}, handle: (*API).report},
	{id: "cases", tag: "Moderation", path: "/moderation/cases", summary: "What waits for moderators", right: app.RightModerate, answer: client.Cases{}, handle: (*API).cases},
	{id: "moderate", tag: "Moderation", method: http.MethodPost, path: "/moderation/deeds", summary: "Hide, show, lock, unlock, merge, ban, unban or dismiss",
		about: "It stands in the public log. 409 where another moderator was faster.", right: app.RightModerate, body: client.Deed{}, handle: (*API).moderate},

	{id: "rules", tag: "Administration", path: "/rules", summary: "The rules of the site", right: app.RightAdmin, answer: client.Rules{}, handle: (*API).rules},
	{id: "setRules", tag: "Administration", method: http.MethodPatch, path: "/rules", summary: "Change the rules of the site", about: "Only the rules that are named change. Each change stands in the public log.",
		right: app.RightAdmin, body: client.NewRules{}, answer: client.Rules{}, handle: (*API).setRules},
}
