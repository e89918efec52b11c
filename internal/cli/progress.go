package cli

import (
	"io"
	"sync/atomic"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
)

// progress is a bar on a terminal; elsewhere it shows nothing.
type progress struct {
	container *mpb.Progress
	bar       *mpb.Bar
	name      atomic.Pointer[string]
	note      atomic.Pointer[string]
	bytes     bool
}

// newProgress makes a bar on w; bytes says that it counts bytes.
func newProgress(w io.Writer, bytes bool) *progress {
	p := &progress{bytes: bytes}
	if isTerminal(w) {
		p.container = mpb.New(mpb.WithOutput(w), mpb.WithWidth(24), mpb.WithRefreshRate(150*time.Millisecond))
	}
	return p
}

// show says how far it is: done of total, 0 for unknown, with what is being
// done and what came of it.
func (p *progress) show(name, note string, done, total int64) {
	if p.container == nil {
		return
	}
	p.name.Store(&name)
	p.note.Store(&note)
	if p.bar == nil {
		p.bar = p.make(total)
	}
	if total > 0 {
		p.bar.SetTotal(total, false)
	}
	p.bar.SetCurrent(done)
}

func (p *progress) make(total int64) *mpb.Bar {
	text := func(from *atomic.Pointer[string]) decor.Decorator {
		return decor.Any(func(decor.Statistics) string {
			if s := from.Load(); s != nil {
				return printable(*s)
			}
			return ""
		})
	}
	after := []decor.Decorator{decor.Name(" "), text(&p.note)}
	if p.bytes {
		after = append(after, decor.Name("  "), decor.AverageSpeed(decor.SizeB1024(0), "% .0f"))
	}
	if total > 0 {
		after = append([]decor.Decorator{decor.Percentage(decor.WC{W: 5})}, append(after, decor.Name("  "), decor.AverageETA(decor.ET_STYLE_GO))...)
		return p.container.AddBar(total, mpb.PrependDecorators(text(&p.name), decor.Name(" ")), mpb.AppendDecorators(after...), mpb.BarRemoveOnComplete())
	}
	return p.container.AddSpinner(0, mpb.PrependDecorators(text(&p.name), decor.Name(" ")), mpb.AppendDecorators(after...), mpb.BarRemoveOnComplete())
}

// end takes the bar away; nothing may be written to its terminal before.
func (p *progress) end() {
	if p.container == nil {
		return
	}
	if p.bar != nil {
		p.bar.Abort(true)
	}
	p.container.Wait()
}
