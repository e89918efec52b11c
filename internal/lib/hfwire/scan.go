package hfwire

import "bytes"

// Reading a recorded entry far enough to patch it: the members of an object as
// they are written, without decoding what they hold. The bytes are JSON that the
// standard library has read before; what does not scan all the same is refused,
// never guessed at.

// span is a member of an object as written: the name without its quotation marks.
type span struct{ name, value []byte }

// object is the members of an object in the order in which they are written.
type object []span

// scanObject reads the members of the object that data is; ok is false where it
// is none.
func scanObject(data []byte) (o object, ok bool) {
	i := skipSpace(data, 0)
	if i >= len(data) || data[i] != '{' {
		return nil, false
	}
	o = make(object, 0, 24)
	for i = skipSpace(data, i+1); i < len(data); {
		if data[i] == '}' {
			return o, skipSpace(data, i+1) == len(data)
		}
		name := i
		if data[i] != '"' {
			return nil, false
		}
		i = skipString(data, i)
		s := span{name: data[name+1 : max(name+1, i-1)]}
		if i = skipSpace(data, i); i >= len(data) || data[i] != ':' {
			return nil, false
		}
		begin := skipSpace(data, i+1)
		end := skipValue(data, begin)
		if end < 0 {
			return nil, false
		}
		s.value = data[begin:end]
		o = append(o, s)
		if i = skipSpace(data, end); i < len(data) && data[i] == ',' {
			i = skipSpace(data, i+1)
		}
	}
	return nil, false
}

// get is the value of the last member of that name, as readers take it; nil for
// none.
func (o object) get(name string) []byte {
	for i := len(o) - 1; i >= 0; i-- {
		if string(o[i].name) == name {
			return o[i].value
		}
	}
	return nil
}

// known is the value of a member that says something: not null, not empty.
func (o object) known(name string) []byte {
	v := o.get(name)
	if empty(v) || string(v) == "[]" {
		return nil
	}
	return v
}

// scanArray tells where in an array its first n elements end, and how many it
// has in all; ok is false where data is no array.
func scanArray(data []byte, n int) (end, count int, ok bool) {
	i := skipSpace(data, 0)
	if i >= len(data) || data[i] != '[' {
		return 0, 0, false
	}
	end = i + 1
	for i = skipSpace(data, i+1); i < len(data); {
		if data[i] == ']' {
			return end, count, skipSpace(data, i+1) == len(data)
		}
		if i = skipValue(data, i); i < 0 {
			return 0, 0, false
		}
		if count++; count <= n {
			end = i
		}
		if i = skipSpace(data, i); i < len(data) && data[i] == ',' {
			i = skipSpace(data, i+1)
		}
	}
	return 0, 0, false
}

func skipSpace(data []byte, i int) int {
	for i < len(data) && (data[i] == ' ' || data[i] == '\n' || data[i] == '\t' || data[i] == '\r') {
		i++
	}
	return i
}

// skipString gives the place after the string that begins at i, len(data) where
// it does not end.
func skipString(data []byte, i int) int {
	for i++; i < len(data); i++ {
		q := bytes.IndexByte(data[i:], '"')
		if q < 0 {
			return len(data)
		}
		i += q
		slashes := 0
		for data[i-1-slashes] == '\\' {
			slashes++
		}
		if slashes%2 == 0 {
			return i + 1
		}
	}
	return len(data)
}

// skipValue gives the place after the value that begins at i, -1 where there is
// none or it does not end.
func skipValue(data []byte, i int) int {
	if i >= len(data) {
		return -1
	}
	switch data[i] {
	case '"':
		if end := skipString(data, i); data[end-1] == '"' && end > i+1 {
			return end
		}
		return -1
	case '{', '[':
		for depth := 0; i < len(data); {
			switch data[i] {
			case '"':
				i = skipString(data, i)
				continue
			case '{', '[':
				depth++
			case '}', ']':
				if depth--; depth == 0 {
					return i + 1
				}
			}
			i++
		}
		return -1
	}
	begin := i
	for i < len(data) && scalar(data[i]) {
		i++
	}
	if i == begin {
		return -1
	}
	return i
}

// scalar tells whether c can stand in a number, true, false or null.
func scalar(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c == '-' || c == '+' || c == '.' || c == 'E'
}
