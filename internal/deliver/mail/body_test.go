package mail

import (
	"bufio"
	"bytes"
	"net/textproto"
	"strings"
	"testing"
)

// written is a body as it goes to the relay, with what ends it.
func written(t testing.TB, body string) string {
	t.Helper()
	var b bytes.Buffer
	w := bufio.NewWriter(&b)
	end, err := writeBody(w, []byte(body))
	if err != nil {
		t.Fatal(err)
	}
	w.WriteString(end)
	w.Flush()
	return b.String()
}

func TestWriteBody(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"", ".\r\n"}, {"x", "x\r\n.\r\n"}, {"x\r\n", "x\r\n.\r\n"}, {".", "..\r\n.\r\n"}, {".\r\n.\r\n", "..\r\n..\r\n.\r\n"}, {"..x\r\n", "...x\r\n.\r\n"},
		{"a\r\n.\r\nb\r\n", "a\r\n..\r\nb\r\n.\r\n"}, {"a\n.\nb", "a\r\n..\r\nb\r\n.\r\n"}, {"a\r.\rMAIL FROM:<x>\r", "a\r\n..\r\nMAIL FROM:<x>\r\n.\r\n"},
		{"a\n.\r\nb", "a\r\n..\r\nb\r\n.\r\n"}, {"a\r\n.\nb", "a\r\n..\r\nb\r\n.\r\n"}, {"\r\r\n\n", "\r\n\r\n\r\n.\r\n"}, {"\r\n.", "\r\n..\r\n.\r\n"},
	} {
		if got := written(t, c.in); got != c.want {
			t.Errorf("%q: got %q, want %q", c.in, got, c.want)
		}
	}
}

// FuzzWriteBody: whatever a body holds, a server reads one mail, of whole lines,
// and the same text.
func FuzzWriteBody(f *testing.F) {
	for _, s := range []string{"", ".", "a\r\n.\r\nb", "a\n.\nQUIT\n", "\r", "x\r.\r", strings.Repeat(".\r\n", 5000)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, body string) {
		got := written(t, body)
		if strings.Count(got, "\n") != strings.Count(got, "\r\n") || strings.Count(got, "\r") != strings.Count(got, "\r\n") {
			t.Fatalf("%q: written %q, with half a line end", body, got)
		}
		if i := strings.Index("\r\n"+got, "\r\n.\r\n"); i+3 != len(got) {
			t.Fatalf("%q: written %q, whose end of data is at %d", body, got, i)
		}
		read, err := textproto.NewReader(bufio.NewReader(strings.NewReader(got))).ReadDotBytes()
		if err != nil {
			t.Fatalf("%q: written %q: %v", body, got, err)
		}
		want := strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(body)
		if want != "" && !strings.HasSuffix(want, "\n") {
			want += "\n"
		}
		if string(read) != want {
			t.Fatalf("%q: a server reads %q, want %q", body, read, want)
		}
	})
}
