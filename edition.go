package broadsheet

import "time"

// Arrival is the moment at which a paper became news here, of one kind. Numbers
// only grow: what a subscription has been told of is everything up to a number,
// so that nothing is told twice and nothing is missed, however late it came.
type Arrival struct {
	Seq     int64
	PaperID string
	Kind    ArrivalKind
	At      time.Time
}

// ArrivalKind says what happened to the paper.
type ArrivalKind string

// Kinds of arrivals; a paper has at most one of each.
const (
	ArrivalKnown  ArrivalKind = "known"  // it came here, from whichever source
	ArrivalChosen ArrivalKind = "chosen" // it was featured on a day for the first time
)

// Edition is what is said to all subscriptions of a topic that were told of the
// same papers before: composed once and then frozen.
type Edition struct {
	ID         int64
	Token      string // public name, 128 random bits: /editions/TOKEN
	Topic      Topic
	From, To   int64 // arrivals after From up to To
	ComposedAt time.Time
	Title      string // of the topic when it was composed
	Picks      []Pick // best first
	Total      int    // papers that would have fitted
}

// Pick is a paper in an edition.
type Pick struct {
	PaperID string `json:"id"`
	Score   int    `json:"score,omitempty"` // votes when it was picked
	Why     string `json:"why,omitempty"`   // "cs.CL", "by Ada Person", "matches gulls"
}

// DeliveryState is where a delivery is in its life.
type DeliveryState string

// States of deliveries. Only sent, failed, expired and suppressed are final;
// unknown is final or becomes planned again, as the operator has set.
const (
	DeliveryPlanned    DeliveryState = "planned"    // due at NextAt: the first time, or again after a deferral
	DeliveryClaimed    DeliveryState = "claimed"    // a sender has taken it; nothing has been said to the other side
	DeliverySending    DeliveryState = "sending"    // the other side may already have it
	DeliverySent       DeliveryState = "sent"       // accepted: Reply is what was said
	DeliveryFailed     DeliveryState = "failed"     // refused for good
	DeliveryUnknown    DeliveryState = "unknown"    // the sender died while sending
	DeliveryExpired    DeliveryState = "expired"    // not sent in time: old news is no news
	DeliverySuppressed DeliveryState = "suppressed" // the address must not be written to, or nobody wants it any more
)

// Delivery is an edition for one subscription: a line of the ledger. Slot is
// unique for a subscription, so that there is one edition a local day, and so
// is the edition.
type Delivery struct {
	ID             int64
	EditionID      int64
	SubscriptionID int64
	RecipientID    int64
	Slot           string   // local day "2026-11-26"; of editions sent as things come with the UTC time: "2026-11-26T14:15"
	Token          string   // names it in the bounce address; 128 random bits
	Papers         []string // ids picked for it, in order
	State          DeliveryState
	Attempt        int       // begun so far
	PlannedAt      time.Time // also the Date of the mail: an attempt is the same text again
	NextAt         time.Time // of a planned delivery
	LeaseUntil     time.Time // of a claimed or sending one: past it, its sender is dead
	ExpiresAt      time.Time
	EndedAt        time.Time
	Reply          string // of the other side, or why it ended, in a line
}

// Suppression forbids writing to an address. It holds no address, only its key,
// and outlives the erasure of everything else.
type Suppression struct {
	Channel Channel
	Key     string
	Reason  SuppressionReason
	Detail  string
	At      time.Time
}

// SuppressionReason says why.
type SuppressionReason string

// Reasons.
const (
	SuppressedBounce    SuppressionReason = "bounce"    // the address does not exist
	SuppressedComplaint SuppressionReason = "complaint" // its owner called it spam
	SuppressedManual    SuppressionReason = "manual"    // an administrator, or its owner for good
)
