package mcp

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/modelcontextprotocol/go-sdk/jsonrpc"
)

// Why bytes are no message that is taken here. A batch would be one request of
// many calls: it would pass limits that count requests, and hold up for minutes
// what waits behind it. Of the protocol's versions only 2025-03-26 has them.
var (
	tooLong  = &jsonrpc.Error{Code: jsonrpc.CodeInvalidRequest, Message: fmt.Sprintf("the message is larger than %d bytes (no call needs that much)", maxBody)}
	noJSON   = &jsonrpc.Error{Code: jsonrpc.CodeParseError, Message: "that is no JSON (send one JSON-RPC message)"}
	noBatch  = &jsonrpc.Error{Code: jsonrpc.CodeInvalidRequest, Message: "batches are not taken here (send each message alone)"}
	noObject = &jsonrpc.Error{Code: jsonrpc.CodeInvalidRequest, Message: "that is no message of JSON-RPC 2.0"}
)

// parse reads one message, before the SDK sees it.
func parse(data []byte) (jsonrpc.Message, *jsonrpc.Error) {
	data = bytes.TrimSpace(data)
	switch {
	case !json.Valid(data):
		return nil, noJSON
	case data[0] == '[':
		return nil, noBatch
	case data[0] != '{':
		return nil, noObject
	}
	msg, err := jsonrpc.DecodeMessage(data)
	if err != nil {
		return nil, noObject
	}
	return msg, nil
}

func blank(line []byte) bool { return len(bytes.TrimSpace(line)) == 0 }

// refused is a response to what cannot be told: a request whose id is unknown.
func refused(no *jsonrpc.Error) []byte {
	data, err := json.Marshal(map[string]any{"jsonrpc": "2.0", "id": nil, "error": map[string]any{"code": no.Code, "message": no.Message}})
	if err != nil {
		panic("mcp: a number and a text have no JSON: " + err.Error())
	}
	return data
}
