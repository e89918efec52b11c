package transfer

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"slices"
	"sync"

	"broadsheet"
	"broadsheet/internal/store"
)

// chunk is a run of records of one member, the unit of work.
type chunk struct {
	buf    []byte
	ends   []int          // of each record in buf
	over   []int          // indexes of records too long, of which buf holds the beginning
	first  int64          // number of the first record in its member, from 1
	member string         // name, "" for the file itself
	layout Layout         //
	day    broadsheet.Day // of the name
	after  position       // the place behind the chunk
	read   int64          // bytes of the file read so far
	out    chan []item    // what the records hold, in order; room for one
}

// A chunk ends at whichever comes first.
const (
	chunkBytes   = 256 << 10
	chunkRecords = 256
)

var chunks = sync.Pool{New: func() any { return &chunk{out: make(chan []item, 1)} }}

func newChunk() *chunk {
	c := chunks.Get().(*chunk)
	*c = chunk{buf: c.buf[:0], ends: c.ends[:0], over: c.over[:0], out: c.out}
	return c
}

// release gives the chunk's memory back. A buffer that a giant record has
// blown up is left to the collector.
func (c *chunk) release() {
	if cap(c.buf) <= 4*chunkBytes {
		chunks.Put(c)
	}
}

func (c *chunk) add(rec []byte, over bool) {
	if over {
		c.over = append(c.over, len(c.ends))
		rec = rec[:min(len(rec), store.MaxRejectBody)]
	}
	c.buf = append(c.buf, rec...)
	c.ends = append(c.ends, len(c.buf))
}

func (c *chunk) full() bool { return len(c.buf) >= chunkBytes || len(c.ends) >= chunkRecords }

// all gives the records with their number.
func (c *chunk) all() iter.Seq2[int64, []byte] {
	return func(yield func(int64, []byte) bool) {
		start := 0
		for i, end := range c.ends {
			if !yield(c.first+int64(i), c.buf[start:end:end]) {
				return
			}
			start = end
		}
	}
}

func (c *chunk) isOver(number int64) bool { return slices.Contains(c.over, int(number-c.first)) }

// errOther says that what stands before a checkpoint is not what was imported
// up to it.
var errOther = errors.New("another file that begins alike")

// producer reads a file and hands its chunks to send, in order.
type producer struct {
	file    file
	opt     Options
	meter   meter
	from    position // to go on after
	send    func(*chunk) bool
	digest  *digest
	place   string   // for messages: what was last read
	layouts []Layout // met
	passed  []string // what was passed over, and why
	bad     []error  // members that could not be read to their end
}

// run reads the whole file. What is wrong with the file itself is told by its
// error; errOther asks to begin at the beginning.
func (p *producer) run(ctx context.Context) error {
	p.digest = newDigest()
	p.place = "nothing"
	members, close, err := p.members()
	if err != nil {
		return err
	}
	defer close()
	index := 0
	for m, err := range members {
		if err != nil {
			return p.damaged(err)
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if index < p.from.Member && m.mark != "" {
			p.digest.member(m.name, m.mark)
			index++
			continue
		}
		if err := p.member(ctx, m, index); err != nil {
			if m.mark == "" || errors.Is(err, errOther) || ctx.Err() != nil {
				return err
			}
			p.bad = append(p.bad, err) // the next member stands on its own
		}
		p.digest.member(m.name, m.mark)
		index++
	}
	if index < p.from.Member {
		return errOther
	}
	return errors.Join(p.bad...)
}

// members opens the file and gives the streams in it.
func (p *producer) members() (iter.Seq2[member, error], func(), error) {
	if p.file.path == "-" {
		p.meter.r = p.opt.Stdin
		br := bufio.NewReaderSize(&p.meter, peekSize)
		if head, _ := br.Peek(4); bytes.Equal(head, magicZip) {
			return scanZip(br), func() {}, nil
		}
		return whole(br), func() {}, nil
	}
	f, err := os.Open(p.file.path)
	if err != nil {
		return nil, nil, cannotRead(p.file.path, err)
	}
	p.meter.r, p.meter.at = f, f
	var head [4]byte
	f.ReadAt(head[:], 0)
	if !bytes.Equal(head[:], magicZip) && !bytes.Equal(head[:], emptyZip) {
		return whole(&p.meter), func() { f.Close() }, nil
	}
	listed, err := zipMembers(&p.meter, p.file.size)
	if err != nil {
		return scanZip(bufio.NewReaderSize(&p.meter, peekSize)), func() { f.Close() }, nil
	}
	return func(yield func(member, error) bool) {
		for _, m := range listed {
			if !yield(m, nil) {
				return
			}
		}
	}, func() { f.Close() }, nil
}

// whole is the one member that a file is which holds no others.
func whole(r io.Reader) iter.Seq2[member, error] {
	return func(yield func(member, error) bool) {
		yield(member{open: func() (io.Reader, error) { return r, nil }}, nil)
	}
}

// member reads one stream.
func (p *producer) member(ctx context.Context, m member, index int) error {
	name := p.file.name
	if m.name != "" {
		name += "!" + m.name
	}
	raw, err := m.open()
	if err != nil {
		return p.damaged(fmt.Errorf("%s: %w", m.name, err))
	}
	r, close, err := unpack(raw)
	defer close()
	if err != nil {
		return p.damaged(err)
	}
	skipBOM(r)
	layout, err := p.layout(r, name, m.name != "")
	if err != nil || layout == "" {
		return err
	}
	day, err := dayOf(name)
	if err != nil && layout == DailyPapers {
		return err
	}
	var recs records = &lines{r: bufio.NewReaderSize(r, peekSize), most: p.opt.MaxLine}
	if layout == DailyPapers {
		recs = newElements(r, p.opt.MaxLine)
	}
	c := newChunk()
	fill := func() { c.member, c.layout, c.day = m.name, layout, day }
	fill()
	for n := int64(1); ; n++ {
		rec, over, err := recs.next()
		if err != nil {
			if len(c.ends) > 0 && !p.flush(c, index, n-1) {
				return ctx.Err()
			}
			if errors.Is(err, io.EOF) {
				return p.checkPlace(index, n-1)
			}
			p.place = fmt.Sprintf("record %d", n-1)
			if m.name != "" {
				p.place += " of " + m.name
			}
			return p.damaged(err)
		}
		p.digest.record(rec)
		if index == p.from.Member && n <= p.from.Record {
			if n == p.from.Record && p.digest.sum() != p.from.Digest {
				return errOther
			}
			continue
		}
		if len(c.ends) == 0 {
			c.first = n
		}
		c.add(rec, over)
		if c.full() {
			if !p.flush(c, index, n) {
				return ctx.Err()
			}
			c = newChunk()
			fill()
		}
	}
}

// flush hands a chunk on; false where nobody wants more.
func (p *producer) flush(c *chunk, index int, last int64) bool {
	c.after = position{Member: index, Record: last, Digest: p.digest.sum(), Bad: len(p.bad) > 0}
	c.read = p.meter.done()
	return p.send(c)
}

// checkPlace tells that a file ended before the place to go on after.
func (p *producer) checkPlace(index int, last int64) error {
	if index == p.from.Member && last < p.from.Record {
		return errOther
	}
	return nil
}

// layout recognises a stream. A stream that is no layout's is passed over
// inside of folders and archives, unless its name promises records.
func (p *producer) layout(r *bufio.Reader, name string, inside bool) (Layout, error) {
	layout := p.opt.As
	head, err := r.Peek(peekSize)
	if err != nil && !errors.Is(err, io.EOF) && len(head) == 0 {
		return "", p.damaged(err)
	}
	if layout != "" {
		if err := clash(name, layout, head); err != nil {
			return "", err
		}
	}
	if layout == "" {
		layout = recognise(head)
	}
	why := "not written in a layout that can be imported"
	switch {
	case len(bytes.TrimSpace(head)) == 0 && len(head) < peekSize:
		layout, why = "", "empty"
	case bytes.HasPrefix(head, magicZip):
		layout, why = "", "an archive inside of another file"
	}
	if layout != "" {
		p.layouts = append(p.layouts, layout)
		return layout, nil
	}
	if (inside || p.file.inside) && !promising(name) {
		p.passed = append(p.passed, name+": it is "+why)
		return "", nil
	}
	return "", &broadsheet.Error{Kind: broadsheet.Invalid, Field: "file", Text: name + " is " + why,
		Fix: "import an arXiv snapshot, recorded Daily Papers days or Broadsheet's own export; --as forces a layout"}
}

func promising(name string) bool {
	for _, part := range bytes.Split([]byte(name), []byte(".")) {
		switch string(part) {
		case "json", "jsonl", "ndjson":
			return true
		}
	}
	return false
}

func (p *producer) damaged(err error) error {
	var be *broadsheet.Error
	if asError(err, &be) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return damagedError(p.file.name, p.place, p.meter.done(), err)
}
