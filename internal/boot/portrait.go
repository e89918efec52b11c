package boot

import (
	"broadsheet/internal/picture"
	"broadsheet/internal/store"
)

// portrait makes of an uploaded picture what is served as somebody's.
func portrait(original []byte) (store.Picture, error) {
	return picture.Copy(original, store.PicturePortrait)
}
