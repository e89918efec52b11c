package feeds

import (
	"crypto/sha1" // #nosec G505 -- a UUID of version 5 is a SHA-1 by definition, and no secret
	"encoding/hex"
)

// namespace is that of the UUIDs in feeds (RFC 9562, section 5.5). It never
// changes: every reader of every site would get every paper again.
var namespace = [16]byte{0x3d, 0x9b, 0x52, 0xe1, 0x6c, 0x07, 0x4f, 0x5a, 0x9e, 0x24, 0xb8, 0x71, 0x0d, 0xc3, 0xa6, 0x48}

// paperID is the id of a paper in all feeds.
func paperID(id string) string { return urn("paper " + id) }

// listID is the id of a list in all forms; path is that of its page, with what
// narrows and orders it.
func listID(path string) string { return urn("list " + path) }

func urn(name string) string {
	h := sha1.New() // #nosec G401 -- see above
	h.Write(namespace[:])
	h.Write([]byte(name))
	u := h.Sum(nil)[:16]
	u[6] = u[6]&0x0f | 0x50 // version 5
	u[8] = u[8]&0x3f | 0x80 // variant
	const head = "urn:uuid:"
	b := make([]byte, 0, len(head)+36)
	b = append(b, head...)
	for i, part := range [][]byte{u[:4], u[4:6], u[6:8], u[8:10], u[10:]} {
		if i > 0 {
			b = append(b, '-')
		}
		b = hex.AppendEncode(b, part)
	}
	return string(b)
}
