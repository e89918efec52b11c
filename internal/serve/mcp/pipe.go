package mcp

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/modelcontextprotocol/go-sdk/jsonrpc"
	sdk "github.com/modelcontextprotocol/go-sdk/mcp"
)

// Serve speaks over two pipes, a message a line, until in ends or ctx does. What
// was asked before in ended is answered; a line that is no message is answered
// with an error, and the next one is read. With ctx end also the calls that run.
func (m *MCP) Serve(ctx context.Context, in io.Reader, out io.Writer) error {
	err := m.serverFor(ctx).Run(ctx, pipes{ctx, in, out})
	if ctx.Err() != nil || errors.Is(err, io.EOF) || errors.Is(err, sdk.ErrConnectionClosed) {
		return nil
	}
	return err
}

// pipes is a transport of its own, beside the SDK's: that one ends with the first
// line that is no message, drops the requests without an answer when the input
// ends, so that who pipes a file in would hear nothing, and takes batches.
type pipes struct {
	ctx context.Context // of Serve: the one that the SDK gives Read never ends
	in  io.Reader
	out io.Writer
}

// Connect begins to read.
func (p pipes) Connect(context.Context) (sdk.Connection, error) {
	c := &pipe{ctx: p.ctx, out: p.out, lines: make(chan input), closed: make(chan struct{}), open: map[jsonrpc.ID]bool{}, answered: make(chan struct{}, 1)}
	go c.scan(bufio.NewReaderSize(p.in, maxBody))
	return c, nil
}

type pipe struct {
	ctx    context.Context
	lines  chan input // of the input; its last has an error
	closed chan struct{}
	once   sync.Once

	writing sync.Mutex
	out     io.Writer

	mu       sync.Mutex
	open     map[jsonrpc.ID]bool // requests without an answer
	broken   bool                // nobody reads the answers
	answered chan struct{}
}

// input is a line, or why there are no more.
type input struct {
	line []byte
	long bool // it was longer than a message may be
	err  error
}

// scan reads lines until the input or the connection ends. A read that blocks
// outlives the connection: nothing ends a read of standard input.
func (p *pipe) scan(in *bufio.Reader) {
	for {
		text, err := in.ReadSlice('\n')
		next := []input{{line: append([]byte(nil), text...)}}
		for errors.Is(err, bufio.ErrBufferFull) {
			_, err = in.ReadSlice('\n')
			next[0] = input{long: true}
		}
		if err != nil { // what stands before the end counts, also without a line end
			next = append(next, input{err: err})
		}
		for _, i := range next {
			select {
			case p.lines <- i:
			case <-p.closed:
				return
			}
		}
		if err != nil {
			return
		}
	}
}

// Read gives the next message, and the end when all were answered. With an error
// of it the SDK ends the calls that run.
func (p *pipe) Read(context.Context) (jsonrpc.Message, error) {
	for {
		var next input
		select {
		case next = <-p.lines:
		case <-p.closed:
			return nil, io.EOF
		case <-p.ctx.Done():
			return nil, p.ctx.Err()
		}
		if next.err != nil {
			if errors.Is(next.err, io.EOF) {
				p.drain()
			}
			return nil, next.err
		}
		if msg, err := p.message(next); msg != nil || err != nil {
			return msg, err
		}
	}
}

// message reads a line; one that is none, or blank, gives nil, and is answered here.
// The error is of the output.
func (p *pipe) message(next input) (jsonrpc.Message, error) {
	var no *jsonrpc.Error
	var msg jsonrpc.Message
	if next.long {
		no = tooLong
	} else if blank(next.line) {
		return nil, nil
	} else {
		msg, no = parse(next.line)
	}
	if no != nil {
		return nil, p.write(refused(no))
	}
	if r, ok := msg.(*jsonrpc.Request); ok && r.IsCall() {
		p.mu.Lock()
		p.open[r.ID] = true
		p.mu.Unlock()
	}
	return msg, nil
}

// drain waits for answers, but not for those that never come: the client may
// have taken a request back.
func (p *pipe) drain() {
	late := time.NewTimer(callTimeout)
	defer late.Stop()
	for {
		p.mu.Lock()
		done := len(p.open) == 0 || p.broken
		p.mu.Unlock()
		if done {
			return
		}
		select {
		case <-p.answered:
		case <-p.closed:
			return
		case <-p.ctx.Done():
			return
		case <-late.C:
			return
		}
	}
}

// Write sends a message.
func (p *pipe) Write(_ context.Context, msg jsonrpc.Message) error {
	data, err := jsonrpc.EncodeMessage(msg)
	if err == nil {
		err = p.write(data)
	}
	if r, ok := msg.(*jsonrpc.Response); ok || err != nil {
		p.mu.Lock()
		if ok {
			delete(p.open, r.ID)
		}
		p.broken = p.broken || err != nil
		p.mu.Unlock()
		select {
		case p.answered <- struct{}{}:
		default:
		}
	}
	return err
}

func (p *pipe) write(data []byte) error {
	p.writing.Lock()
	defer p.writing.Unlock()
	if _, err := p.out.Write(append(data, '\n')); err != nil {
		return fmt.Errorf("answer over MCP: %w", err)
	}
	return nil
}

// Close ends the connection; the pipes are others' to close.
func (p *pipe) Close() error {
	p.once.Do(func() { close(p.closed) })
	return nil
}

// SessionID is none: a pipe is a session.
func (p *pipe) SessionID() string { return "" }
