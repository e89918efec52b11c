package app

import (
	"context"
	"time"

	"broadsheet/internal/store"
)

// Overview is the site at a glance, for who runs it.
type Overview struct {
	Status   *Status
	Failing  []SourceStatus // sources that fail, or are late
	Offline  int            // sources that wait for the network
	Jobs     map[store.JobState]int
	Waits    store.Attention
	Accounts store.AccountTotals
	Mail     *DeliveryState // nil: this site sends nothing
	Refused  int            // mails of the last day that did not arrive
	Sent     int
	Disk     Disk
	Remarks  []Setting
	Version  string
	Backup   Copy // the last one, zero: none, or not known
	Backs    bool // backups can be made here
}

// recently is how far back an overview looks.
const recently = 7 * 24 * time.Hour

// Overview reads it. Nothing that it asks for grows with the number of papers,
// but what is kept for a minute.
func (d *Administrator) Overview(ctx context.Context) (o *Overview, err error) {
	o = &Overview{Jobs: map[store.JobState]int{}, Version: d.a.works.Version, Remarks: d.a.works.Remarks, Backs: d.a.works.Backup != nil}
	if o.Status, err = d.a.Status(ctx); err != nil {
		return nil, err
	}
	for _, s := range o.Status.Sources {
		switch s.Health {
		case HealthFailing, HealthLate:
			o.Failing = append(o.Failing, s)
		case HealthOffline:
			o.Offline++
		}
	}
	counts, err := d.a.store.JobCounts(ctx)
	if err != nil {
		return nil, err
	}
	for _, c := range counts {
		o.Jobs[c.State] += c.Count
	}
	if o.Waits, err = d.a.store.Attention(ctx); err != nil {
		return nil, err
	}
	if o.Accounts, err = d.a.store.AccountTotals(ctx, d.a.now().Add(-recently)); err != nil {
		return nil, err
	}
	if d.a.post != nil {
		if err := d.overlookMail(ctx, o); err != nil {
			return nil, err
		}
	}
	if f := d.a.works.Disk; f != nil {
		o.Disk, _ = f() // without it the rest is worth reading
	}
	if f := d.a.works.Backups; f != nil {
		if all, err := f(); err == nil && len(all) > 0 {
			o.Backup = all[0]
		}
	}
	return o, nil
}

func (d *Administrator) overlookMail(ctx context.Context, o *Overview) (err error) {
	operator := d.Operator()
	if o.Mail, err = operator.State(ctx); err != nil {
		return err
	}
	domains, err := operator.DomainCounts(ctx, 24*time.Hour)
	for i := range domains {
		o.Refused += domains[i].Failed + domains[i].Expired
		o.Sent += domains[i].Sent
	}
	return err
}
