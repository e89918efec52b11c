package embed

import (
	"context"
	"fmt"
	"time"

	"broadsheet"
)

// afford returns when the day's tokens are not spent, and fails where the
// database cannot be written: what cannot be stored should not be paid for.
func (w *Worker) afford(ctx context.Context) error {
	for {
		now := w.opt.Clock.Now().UTC()
		spent, err := w.store.SpendOnVectors(ctx, w.model.Name(), dayOf(now), 0)
		if err != nil {
			return err
		}
		if w.opt.DailyTokens <= 0 || spent < w.opt.DailyTokens {
			w.setWaiting(false)
			return nil
		}
		tomorrow := now.Truncate(24 * time.Hour).Add(24 * time.Hour)
		if w.setWaiting(true) {
			w.opt.Log.Info("the day's tokens are spent: papers are embedded again tomorrow", "spent", spent, "setting", "embed.daily_tokens",
				"until", tomorrow.Format(time.RFC3339))
		}
		if err := w.opt.Clock.Sleep(ctx, tomorrow.Sub(now)); err != nil {
			return err
		}
	}
}

func dayOf(t time.Time) broadsheet.Day { return broadsheet.Day(t.UTC().Format(time.DateOnly)) }

// setWaiting tells whether that is new.
func (w *Worker) setWaiting(v bool) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	was := w.waiting
	w.waiting = v
	return v != was
}

// account writes down what a batch cost and brought.
func (w *Worker) account(ctx context.Context, stored int, err error) error {
	now := w.opt.Clock.Now().UTC()
	w.mu.Lock()
	all := w.model.Spent()
	cost := all - w.counted
	w.counted = all
	w.done += stored
	tell := now.Sub(w.since) >= tellEvery
	done, since := w.done, w.since
	if tell {
		w.done, w.since = 0, now
	}
	w.mu.Unlock()
	w.stored.Add(float64(stored))
	total, serr := w.store.SpendOnVectors(ctx, w.model.Name(), dayOf(now), cost)
	if serr != nil || total < cost { // it is not written down, or the model's row is gone: the next batch's account has it
		w.mu.Lock()
		w.counted -= cost
		w.mu.Unlock()
	}
	if err == nil {
		err = serr
	}
	if err != nil {
		return fmt.Errorf("store vectors: %w", err)
	}
	w.spent.Set(float64(total))
	if !tell {
		return nil
	}
	w.opt.Log.Info("embedding papers", "stored", done, "a second", int(float64(done)/now.Sub(since).Seconds()), "tokens today", total)
	if err := w.measure(ctx); err != nil {
		w.opt.Log.Debug("papers without a vector are not counted", "err", err)
	}
	return nil
}

// measure counts the papers without a vector, until the model is ready.
func (w *Worker) measure(ctx context.Context) error {
	m, err := w.store.VectorModel(ctx, w.model.Name())
	if err != nil {
		return err
	}
	if !m.ReadyAt.IsZero() {
		w.missing.Set(0)
		return nil
	}
	p, err := ProgressOf(ctx, w.store, w.model)
	if err != nil {
		return err
	}
	w.missing.Set(float64(p.Papers - p.Vectors))
	return nil
}
