package auth

import (
	"strings"
	"testing"
	"time"

	"broadsheet"
)

// TestHandles: names are plain letters of ASCII; what speaks for the site and what
// looks like another name is not to be had.
func TestHandles(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"ada", "ada"}, {" Ada ", "ada"}, {"ADA-lovelace", "ada-lovelace"}, {"a1b", "a1b"},
		{"ab", ""}, {"1ab", ""}, {"-ab", ""}, {"ab-", ""}, {"a--b", ""}, {"a_b", ""}, {"a.b", ""}, {"a b", ""}, {"", ""}, {strings.Repeat("a", 33), ""},
		{"аda", ""},        // Cyrillic
		{"ada\u200b", ""},  // zero width
		{"ＡＤＡ", ""},        // full width
		{"ad\u0131", ""},   // dotless i
		{"\u212alaus", ""}, // Kelvin sign, whose lower case is k
		{"admin", ""}, {"ADMIN", ""}, {"adm1n", ""}, {"ad-min", ""}, {"admim", "admim"}, {"rnoderator", ""}, {"r-oot", ""}, {"r00t", ""}, {"support", ""}, {"admin-team", ""}, {"official-x", ""},
	} {
		got, err := ParseHandle(c.in)
		if got != c.want || (err == nil) != (c.want != "") {
			t.Errorf("ParseHandle(%q) = %q, %v; want %q", c.in, got, err, c.want)
		}
		if err != nil && broadsheet.KindOf(err) != broadsheet.Invalid {
			t.Errorf("ParseHandle(%q): kind %v, want invalid", c.in, broadsheet.KindOf(err))
		}
	}
	for _, same := range [][]string{{"adam", "adarn", "a-dam", "ad-am"}, {"paul", "pau1", "paui"}, {"bob", "b0b", "8ob"}, {"viva", "v1va"}, {"wilma", "vvilma"}, {"cloud", "doud"}} {
		for _, name := range same[1:] {
			if Skeleton(name) != Skeleton(same[0]) {
				t.Errorf("%q and %q look alike and have the skeletons %q and %q", name, same[0], Skeleton(name), Skeleton(same[0]))
			}
		}
	}
	if Skeleton("ada") == Skeleton("eda") {
		t.Error("ada and eda do not look alike")
	}
}

// FuzzHandles: whatever is typed, a name that is taken is one by the rules, and
// stays itself when read again.
func FuzzHandles(f *testing.F) {
	for _, s := range []string{"ada", "ADA", "a--b", "ad\u0131", "rn", "admin"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, in string) {
		name, err := ParseHandle(in)
		if err != nil {
			return
		}
		if again, err := ParseHandle(name); err != nil || again != name {
			t.Errorf("%q was read as %q, which reads as %q, %v", in, name, again, err)
		}
		if strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
			t.Errorf("%q was read as %q", in, name)
		}
	})
}

// TestTOTP: the vectors of RFC 6238, appendix B, cut to six digits, and a clock
// that is off by a step.
func TestTOTP(t *testing.T) {
	secret := secretCoding.EncodeToString([]byte("12345678901234567890"))
	for _, c := range []struct {
		at   int64
		want string
	}{{59, "287082"}, {1111111109, "081804"}, {1111111111, "050471"}, {1234567890, "005924"}, {2000000000, "279037"}, {20000000000, "353130"}} {
		at := time.Unix(c.at, 0)
		if got, err := TOTP(secret, Step(at)); got != c.want || err != nil {
			t.Errorf("at %d: %s, %v; want %s", c.at, got, err, c.want)
		}
		for off, want := range map[time.Duration]bool{0: true, 30 * time.Second: true, -30 * time.Second: true, 90 * time.Second: false, -90 * time.Second: false} {
			if _, ok, err := CheckTOTP(secret, c.want[:3]+" "+c.want[3:], at.Add(off)); ok != want || err != nil {
				t.Errorf("the code of %d at a clock that is %v off: %v, %v; want %v", c.at, off, ok, err, want)
			}
		}
	}
	for _, code := range []string{"", "1", "28708", "2870822", "abcdef", strings.Repeat("1", 1000)} {
		if _, ok, _ := CheckTOTP(secret, code, time.Unix(59, 0)); ok {
			t.Errorf("the code %.20q is taken", code)
		}
	}
}

// TestWords: words are long, differ, and their hashes are good for one purpose.
func TestWords(t *testing.T) {
	a, b := NewToken(), NewToken()
	if a == b || !IsToken(a) || len(a)*5 < 128 {
		t.Errorf("tokens %q and %q", a, b)
	}
	for _, s := range []string{"", a[1:], a + "a", strings.ToUpper(a), a[1:] + "1", a[1:] + " "} {
		if IsToken(s) {
			t.Errorf("%q is taken for a token", s)
		}
	}
	if Hash("session", a) == Hash("api", a) || Hash("session", a) == Hash("session", b) || strings.Contains(Hash("session", a), a) {
		t.Error("hashes of two purposes or two words are the same")
	}
	code := Code(a)
	if len(code) != CodeLength || ReadCode(" "+strings.ToLower(ShowCode(code))+" ") != code {
		t.Errorf("the code %q is shown as %q and read as %q", code, ShowCode(code), ReadCode(ShowCode(code)))
	}
	seen := map[string]bool{}
	for _, c := range NewRecoveryCodes(50) {
		if seen[c] || !IsRecoveryCode(c) || !IsRecoveryCode(strings.ToLower(strings.ReplaceAll(c, "-", " "))) {
			t.Errorf("recovery code %q", c)
		}
		seen[c] = true
	}
	if HashRecoveryCode("x", "abcd-efgh") == HashRecoveryCode("y", "abcd-efgh") {
		t.Error("two accounts with one recovery code have one hash")
	}
}

// TestBox: what was sealed opens with the same key for the same purpose only.
func TestBox(t *testing.T) {
	box, err := NewBox([32]byte{1})
	if err != nil {
		t.Fatal(err)
	}
	other, err := NewBox([32]byte{2})
	if err != nil {
		t.Fatal(err)
	}
	sealed := box.Seal("totp 1", "SECRET")
	if strings.Contains(sealed, "SECRET") || sealed == box.Seal("totp 1", "SECRET") {
		t.Error("the secret or its repetition shows")
	}
	if got, err := box.Open("totp 1", sealed); got != "SECRET" || err != nil {
		t.Errorf("open: %q, %v", got, err)
	}
	for what, open := range map[string]func() (string, error){
		"another purpose": func() (string, error) { return box.Open("totp 2", sealed) },
		"another key":     func() (string, error) { return other.Open("totp 1", sealed) },
		"a changed text":  func() (string, error) { return box.Open("totp 1", "AAAA"+sealed[4:]) },
		"a short text":    func() (string, error) { return box.Open("totp 1", sealed[:8]) },
		"no text":         func() (string, error) { return box.Open("totp 1", "") },
	} {
		if got, err := open(); err == nil {
			t.Errorf("%s opens: %q", what, got)
		}
	}
}
