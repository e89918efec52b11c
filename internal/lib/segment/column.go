package segment

// knownColumns are those that every segment has, with their widths in bytes.
// Others have four.
var knownColumns = []struct {
	name string
	elem byte
}{{"norm", 2}, {"time", 4}, {"pop", 1}, {"flags", 1}}

// known says whether every segment has a column of this name. Others are there
// where a document has another number than 0 in it.
func known(name string) bool {
	for _, c := range knownColumns {
		if c.name == name {
			return true
		}
	}
	return false
}

// widthOfColumn is the width of a column in bytes.
func widthOfColumn(name string) byte {
	for _, c := range knownColumns {
		if c.name == name {
			return c.elem
		}
	}
	return 4
}

// cut gives the number that a column keeps of v: the largest that it can, where v
// is larger.
func cut(elem byte, v uint32) uint32 {
	if elem >= 4 {
		return v
	}
	return min(v, 1<<(8*elem)-1)
}
