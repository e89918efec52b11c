package checksum_test

import (
	"testing"

	"broadsheet/internal/lib/checksum"
)

// TestOf compares with the value that catalogues of checksums give for these nine
// digits, so that no other polynomial or order of bits can slip in.
func TestOf(t *testing.T) {
	const want = 0xe3069283
	b := []byte("123456789")
	if got := checksum.Of(b); got != want {
		t.Errorf("Of(%q) = %#x, want %#x", b, got, want)
	}
	for cut := range b {
		if got := checksum.Update(checksum.Update(0, b[:cut]), b[cut:]); got != want {
			t.Errorf("Update of %q and %q = %#x, want %#x", b[:cut], b[cut:], got, want)
		}
	}
}
