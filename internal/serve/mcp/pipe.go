package mcp

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"sync"
	"time"

	"broadsheet"

	"github.com/modelcontextprotocol/go-sdk/jsonrpc"
	sdk "github.com/modelcontextprotocol/go-sdk/mcp"
)

// Serve speaks over two pipes, a message a line, until in ends or ctx does. What
// was asked before in ended is answered.
func (m *MCP) Serve(ctx context.Context, in io.Reader, out io.Writer) error {
	err := m.server.Run(ctx, pipes{&sdk.IOTransport{Reader: io.NopCloser(in), Writer: keptOpen{out}}})
	if ctx.Err() != nil || errors.Is(err, io.EOF) || errors.Is(err, sdk.ErrConnectionClosed) {
		return nil
	}
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		return &broadsheet.Error{Kind: broadsheet.Invalid, Field: "standard input", Text: "it holds what is no message of the protocol",
			Fix: "let a program that speaks MCP start this", Err: err}
	}
	return err
}

// keptOpen is a writer that others close.
type keptOpen struct{ io.Writer }

func (keptOpen) Close() error { return nil }

// pipes is a transport that holds back the end of the input while there are
// requests without an answer: the SDK drops these, and who pipes a file in, or
// closes the pipe with its last request, would hear nothing.
type pipes struct{ sdk.Transport }

// Connect wraps the connection.
func (p pipes) Connect(ctx context.Context) (sdk.Connection, error) {
	c, err := p.Transport.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return &pipe{Connection: c, open: map[jsonrpc.ID]bool{}, answered: make(chan struct{}, 1)}, nil
}

type pipe struct {
	sdk.Connection

	mu       sync.Mutex
	open     map[jsonrpc.ID]bool // requests without an answer
	answered chan struct{}
}

// Read gives the next message, and the end when all were answered.
func (p *pipe) Read(ctx context.Context) (jsonrpc.Message, error) {
	msg, err := p.Connection.Read(ctx)
	if r, ok := msg.(*jsonrpc.Request); ok && r.IsCall() {
		p.mu.Lock()
		p.open[r.ID] = true
		p.mu.Unlock()
	}
	if err != nil {
		p.drain(ctx)
	}
	return msg, err
}

// drain waits for answers, but not for those that never come: the client may
// have taken a request back.
func (p *pipe) drain(ctx context.Context) {
	late := time.NewTimer(callTimeout)
	defer late.Stop()
	for {
		p.mu.Lock()
		open := len(p.open)
		p.mu.Unlock()
		if open == 0 {
			return
		}
		select {
		case <-p.answered:
		case <-ctx.Done():
			return
		case <-late.C:
			return
		}
	}
}

// Write sends a message.
func (p *pipe) Write(ctx context.Context, msg jsonrpc.Message) error {
	err := p.Connection.Write(ctx, msg)
	if r, ok := msg.(*jsonrpc.Response); ok {
		p.mu.Lock()
		delete(p.open, r.ID)
		p.mu.Unlock()
		select {
		case p.answered <- struct{}{}:
		default:
		}
	}
	return err
}
