// Package hfwire holds the JSON types of the Hugging Face Papers wire format,
// for those who read it (harvest, import) and those who answer in it.
//
// What is decoded is encoded again without loss: members that the types do
// not know, and known optional members that were null or empty, are kept in
// Extra. A member set in the struct wins over one of the same name in Extra.
// Optional numbers and booleans are pointers, so that 0 and false differ from
// absent. Times stay the text that came; ParseTime reads them.
//
// Paper maps an entry to the program's own type. AppendEntry and AppendPaper go
// the other way: they write what was recorded, patched where it stands, or an
// entry made of what is known, in the shape that all known clients can read.
package hfwire

import "encoding/json"

// Extra keeps the members of an object that its type has no field for.
type Extra map[string]json.RawMessage

// Entry is one element of a list answer: a paper as it was featured.
type Entry struct {
	Item Paper `json:"paper"`

	PublishedAt string   `json:"publishedAt"` // of the featuring in older recordings, of the source in newer ones
	Title       string   `json:"title"`       // as the submitter typed it
	Summary     string   `json:"summary,omitzero"`
	MediaURLs   []string `json:"mediaUrls,omitzero"`
	MediaURL    string   `json:"mediaUrl,omitzero"` // before there could be several
	Thumbnail   string   `json:"thumbnail,omitzero"`
	NumComments int      `json:"numComments"`
	SubmittedBy *User    `json:"submittedBy,omitzero"`

	Organization          *Organization `json:"organization,omitzero"`
	SubmitterOrganization *Organization `json:"submitterOrganization,omitzero"`
	IsAuthorParticipating *bool         `json:"isAuthorParticipating,omitzero"`

	// The official client reads these only here, although the service sends
	// them inside the paper; whoever answers in this format sends both.
	Upvotes     *int     `json:"upvotes,omitzero"`
	AISummary   string   `json:"ai_summary,omitzero"`
	AIKeywords  []string `json:"ai_keywords,omitzero"`
	ProjectPage string   `json:"projectPage,omitzero"`
	GithubRepo  string   `json:"githubRepo,omitzero"`
	GithubStars *int     `json:"githubStars,omitzero"`
	Source      string   `json:"source,omitzero"`

	Extra Extra `json:"-"`
	// Raw is the entry as it came, set by UnmarshalJSON and not looked at by
	// MarshalJSON.
	Raw json.RawMessage `json:"-"`
}

// Paper is the inner object of an entry and, flat, the answer about one paper.
type Paper struct {
	ID                 string        `json:"id"` // arXiv id without version
	Authors            []Author      `json:"authors"`
	MediaURLs          []string      `json:"mediaUrls,omitzero"`
	PublishedAt        string        `json:"publishedAt"`
	SubmittedOnDailyAt string        `json:"submittedOnDailyAt,omitzero"`
	Title              string        `json:"title"`
	SubmittedOnDailyBy *User         `json:"submittedOnDailyBy,omitzero"`
	Summary            string        `json:"summary"`
	Upvotes            int           `json:"upvotes"`
	DiscussionID       string        `json:"discussionId,omitzero"`
	ProjectPage        string        `json:"projectPage,omitzero"`
	GithubRepo         string        `json:"githubRepo,omitzero"`
	GithubRepoAddedBy  string        `json:"githubRepoAddedBy,omitzero"` // "user" or "auto"
	AISummary          string        `json:"ai_summary,omitzero"`
	AIKeywords         []string      `json:"ai_keywords,omitzero"`
	GithubStars        *int          `json:"githubStars,omitzero"`
	Organization       *Organization `json:"organization,omitzero"`

	Extra Extra `json:"-"`
}

// Author is one author as printed, with the account that claimed the name.
type Author struct {
	ID                  string `json:"_id,omitzero"`
	Name                string `json:"name"`
	User                *User  `json:"user,omitzero"`
	Status              string `json:"status,omitzero"`
	StatusLastChangedAt string `json:"statusLastChangedAt,omitzero"`
	Hidden              bool   `json:"hidden"`

	Extra Extra `json:"-"`
}

// User is an account. The name by which it goes stands in "user" or "name"
// depending on the place and the year; Handle reads either.
type User struct {
	ID              string `json:"_id,omitzero"`
	LegacyID        string `json:"id,omitzero"`
	AvatarURL       string `json:"avatarUrl,omitzero"` // may be relative to the service
	IsPro           *bool  `json:"isPro,omitzero"`
	Fullname        string `json:"fullname,omitzero"`
	User            string `json:"user,omitzero"`
	Name            string `json:"name,omitzero"`
	Type            string `json:"type,omitzero"`
	IsHF            *bool  `json:"isHf,omitzero"`
	IsHFAdmin       *bool  `json:"isHfAdmin,omitzero"`
	IsMod           *bool  `json:"isMod,omitzero"`
	FollowerCount   *int   `json:"followerCount,omitzero"`
	IsUserFollowing *bool  `json:"isUserFollowing,omitzero"`

	Extra Extra `json:"-"`
}

// Handle is the account's user name, or "".
func (u *User) Handle() string {
	if u == nil {
		return ""
	}
	if u.Name != "" {
		return u.Name
	}
	return u.User
}

// Organization is a lab or company with a page at the service.
type Organization struct {
	ID        string `json:"_id,omitzero"`
	Name      string `json:"name"`     // handle
	Fullname  string `json:"fullname"` // as printed
	Avatar    string `json:"avatar,omitzero"`
	AvatarURL string `json:"avatarUrl,omitzero"` // the official client reads this spelling

	Extra Extra `json:"-"`
}
