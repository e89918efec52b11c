package app

import (
	"context"
	"time"

	"broadsheet/internal/store"
)

// How far back votes are looked at again: votes of new accounts for a week, and
// whom somebody votes for over a month.
const (
	dampNetworks = 7 * 24 * time.Hour
	dampRings    = 30 * 24 * time.Hour
)

// Damp stops counting votes that say nothing of papers, as store.Damp tells, and
// gives how many it found. The program does so every hour.
func (a *App) Damp(ctx context.Context) (int, error) {
	rules, err := a.Rules(ctx)
	if err != nil {
		return 0, err
	}
	now := a.now()
	return a.store.Damp(ctx, store.Damping{Networks: now.Add(-dampNetworks), Rings: now.Add(-dampRings), NewFor: time.Duration(rules.NewAccountDays) * 24 * time.Hour, At: now})
}
