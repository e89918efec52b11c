// Package checksum is CRC-32C (Castagnoli, as in iSCSI, RFC 3720), the checksum of
// this program's files: processors have an instruction for it. It tells chance
// from what was written, not intent.
package checksum

import "hash/crc32"

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// Of gives the checksum of b.
func Of(b []byte) uint32 { return crc32.Checksum(b, castagnoli) }

// Update gives the checksum of what sum is of, followed by b. That of nothing is 0.
func Update(sum uint32, b []byte) uint32 { return crc32.Update(sum, castagnoli, b) }
