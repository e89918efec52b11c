package app

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"broadsheet"
	"broadsheet/internal/store"
)

// rulesKept is how long the rules are believed without another look: what another
// process changed holds here at most this much later.
const rulesKept = time.Second

const rulesSetting = "rules"

// rulebook keeps the rules at hand: they are asked for with every vote.
type rulebook struct {
	mu    sync.Mutex
	rules broadsheet.Rules
	until time.Time
	known bool
}

// Rules are the rules of the site as they stand, at most a second old. Their lists
// are shared: nobody may write to them.
func (a *App) Rules(ctx context.Context) (broadsheet.Rules, error) {
	b := &a.book
	b.mu.Lock()
	defer b.mu.Unlock()
	now := time.Now() // of the machine: the site's clock may stand still in tests
	if b.known && now.Before(b.until) {
		return b.rules, nil
	}
	rules := broadsheet.DefaultRules()
	if err := a.store.Setting(ctx, rulesSetting, &rules); err != nil {
		return rules, err
	}
	b.rules, b.until, b.known = rules, now.Add(rulesKept), true
	return rules, nil
}

// SetRules changes the rules as they stand, for all at once, and writes each
// change into the log. It is Invalid where the result cannot be.
func (a *App) SetRules(ctx context.Context, by Actor, reason string, change func(*broadsheet.Rules) error) error {
	if err := a.may(by, RightAdmin); err != nil {
		return err
	}
	return a.changeRules(ctx, by.Name(), reason, change)
}

// changeRules is SetRules in the name of somebody, "" of the command line.
func (a *App) changeRules(ctx context.Context, by, reason string, change func(*broadsheet.Rules) error) error {
	now := a.now()
	err := store.ChangeSetting(ctx, a.store, rulesSetting, now, broadsheet.DefaultRules(), func(r *broadsheet.Rules) ([]broadsheet.Action, error) {
		before, err := ruleValues(r) // as text: change may write into its lists
		if err != nil {
			return nil, err
		}
		if err := change(r); err != nil {
			return nil, err
		}
		if err := r.Check(); err != nil {
			return nil, err
		}
		after, err := ruleValues(r)
		if err != nil {
			return nil, err
		}
		actions := ruleChanges(before, after)
		for i := range actions {
			actions[i].At, actions[i].Actor, actions[i].Reason = now, by, reason
		}
		return actions, nil
	})
	a.book.mu.Lock()
	a.book.known = false
	a.book.mu.Unlock()
	return err
}

// ruleChanges says which rules differ, by the names that they have in JSON.
func ruleChanges(before, after map[string]json.RawMessage) []broadsheet.Action {
	names := maps.Clone(before)
	maps.Copy(names, after)
	var out []broadsheet.Action
	for _, name := range slices.Sorted(maps.Keys(names)) {
		a, b := before[name], after[name]
		if string(a) == string(b) {
			continue
		}
		out = append(out, broadsheet.Action{Act: broadsheet.ActRule, Kind: broadsheet.ObjectRule, Object: name, Detail: ruleWords(a) + " → " + ruleWords(b)})
	}
	return out
}

func ruleValues(r *broadsheet.Rules) (map[string]json.RawMessage, error) {
	text, err := json.Marshal(r)
	if err != nil {
		return nil, err
	}
	var out map[string]json.RawMessage
	err = json.Unmarshal(text, &out)
	return out, err
}

// ruleWords shows a rule's value in few words. Of a list it is the number of its
// entries: blocked words are not to be read in the log.
func ruleWords(value json.RawMessage) string {
	var list []string
	var text string
	switch {
	case value == nil:
		return "none"
	case json.Unmarshal(value, &list) == nil:
		if len(list) == 1 {
			return "1 entry"
		}
		return fmt.Sprint(len(list), " entries")
	case json.Unmarshal(value, &text) != nil:
		return string(value)
	case len(text) > 60:
		return fmt.Sprint("a text of ", len(text), " bytes")
	}
	return text
}
