package api

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"strconv"

	"broadsheet"
	"broadsheet/client"
)

// A cursor is, in base64url without padding,
//
//	version (1 byte) | check (8 bytes) | place
//
// where check is the beginning of the SHA-256 of version, scope and place, and
// scope is all of the request that decides which papers come in which order. So
// a cursor that was changed, cut or carried to another list is refused, not
// misread. That is no secret: who makes one up gets a page that he could have
// asked for.
const (
	cursorVersion = 1
	cursorCheck   = 8
	cursorMost    = 1000 // characters
)

var errCursor = broadsheet.InvalidField("cursor", "this is no cursor of this request", "give back next as it came, with the same other parameters, or begin without a cursor")

// placeNumber reads the number of a place. The check is no secret, so a place
// may be anybody's.
func placeNumber(s string, base int) (int64, error) {
	n, err := strconv.ParseInt(s, base, 64)
	if err != nil || n < 1 {
		return 0, errCursor
	}
	return n, nil
}

// seal makes the cursor of a place.
func seal(scope, place string) client.Cursor {
	raw := append([]byte{cursorVersion}, check(scope, place)...)
	return client.Cursor(base64.RawURLEncoding.EncodeToString(append(raw, place...)))
}

// unseal gives the place of a cursor; "" for no cursor.
func unseal(scope, cursor string) (string, error) {
	if cursor == "" {
		return "", nil
	}
	bad := errCursor
	if len(cursor) > cursorMost {
		return "", bad
	}
	raw, err := base64.RawURLEncoding.Strict().DecodeString(cursor)
	if err != nil || len(raw) <= 1+cursorCheck || raw[0] != cursorVersion {
		return "", bad
	}
	place := string(raw[1+cursorCheck:])
	if !bytes.Equal(raw[1:1+cursorCheck], check(scope, place)) {
		return "", bad
	}
	return place, nil
}

func check(scope, place string) []byte {
	h := sha256.New()
	h.Write([]byte{cursorVersion})
	h.Write([]byte(scope))
	h.Write([]byte{0})
	h.Write([]byte(place))
	return h.Sum(nil)[:cursorCheck]
}
