package app

import (
	"context"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"broadsheet"
	"broadsheet/internal/store"
)

// JobState says where a job is in its life.
type JobState = store.JobState

// States of jobs.
const (
	JobWaiting = store.JobWaiting
	JobRunning = store.JobRunning
	JobFailed  = store.JobFailed
)

// JobKind counts the jobs of a kind.
type JobKind struct {
	Kind                           string
	Waiting, Running, Failed, Done int
	Next                           time.Time // zero: none waits
}

// JobLine is a job as administrators see it: without its args, and with an error
// that names no address and no secret.
type JobLine struct {
	ID       int64
	Kind     string
	State    JobState
	Attempt  int
	Error    string
	Started  time.Time
	Next     time.Time
	Finished time.Time
}

// jobsShown is how many jobs are listed.
const jobsShown = 100

// Jobs counts all jobs by kind, and lists those that run, failed, or wait after
// an error.
func (d *Administrator) Jobs(ctx context.Context) (kinds []JobKind, list []JobLine, err error) {
	counts, err := d.a.store.JobCounts(ctx)
	if err != nil {
		return nil, nil, err
	}
	for _, c := range counts {
		i := slices.IndexFunc(kinds, func(k JobKind) bool { return k.Kind == c.Kind })
		if i < 0 {
			i, kinds = len(kinds), append(kinds, JobKind{Kind: c.Kind})
		}
		k := &kinds[i]
		switch c.State {
		case store.JobWaiting:
			k.Waiting, k.Next = c.Count, c.Next
		case store.JobRunning:
			k.Running = c.Count
		case store.JobFailed:
			k.Failed = c.Count
		case store.JobDone:
			k.Done = c.Count
		}
	}
	jobs, err := d.a.store.TroubledJobs(ctx, jobsShown)
	for _, j := range jobs {
		x := JobLine{ID: j.ID, Kind: j.Kind, State: j.State, Attempt: j.Attempt, Error: discreet(j.Error), Started: j.StartedAt, Finished: j.FinishedAt}
		if j.State == store.JobWaiting {
			x.Next = j.RunAt
		}
		list = append(list, x)
	}
	return kinds, list, err
}

// RunAgain has a job that failed or waits run now, as if it had never been tried.
func (d *Administrator) RunAgain(ctx context.Context, id int64) error {
	if err := d.a.store.RunJob(ctx, id, d.a.now()); err != nil {
		return err
	}
	return d.a.store.Act(ctx, d.tended(broadsheet.ObjectJob, strconv.FormatInt(id, 10), "runs again"))
}

// DropJob removes a job that failed, or waits after an error.
func (d *Administrator) DropJob(ctx context.Context, id int64) error {
	if err := d.a.store.DeleteJob(ctx, id); err != nil {
		return err
	}
	return d.a.store.Act(ctx, d.tended(broadsheet.ObjectJob, strconv.FormatInt(id, 10), "deleted"))
}

var (
	mailAddresses = regexp.MustCompile(`[^\s<>"'(),:;]+@[^\s<>"'(),:;]+`)
	longWords     = regexp.MustCompile(`[A-Za-z0-9_+=-]{24,}`)
	queryStrings  = regexp.MustCompile(`\?[^\s"'<>]+`)
)

// discreet is an error without what may be an address, a token, or what a link
// carries.
func discreet(text string) string {
	text = mailAddresses.ReplaceAllString(text, "(address)")
	text = queryStrings.ReplaceAllString(text, "?…")
	text = longWords.ReplaceAllString(text, "…")
	if len(text) > 400 {
		text = strings.ToValidUTF8(text[:400], "") + "…"
	}
	return text
}
