package picture

import (
	"testing"

	"broadsheet/internal/store"
)

// BenchmarkCopy makes a thumbnail of a picture of the usual size for social
// cards, and of the largest photograph that is taken.
func BenchmarkCopy(b *testing.B) {
	for name, original := range map[string][]byte{
		"1200x630": asJPEG(b, noise(1200, 630)), "largest": asJPEG(b, plain(4000, 2000, red)),
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Copy(original, store.PictureThumbnail); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
