package auth

import (
	"crypto/rand"
	"strings"
)

// recoveryLength is how many letters a recovery code has: 76 bits, so that the
// hashes in a stolen database are of no use either.
const recoveryLength = 16

// NewRecoveryCodes makes n codes, each good for one time that the second factor is
// not at hand, as people read them.
func NewRecoveryCodes(n int) []string {
	out := make([]string, n)
	for i := range out {
		var b strings.Builder
		for j := range recoveryLength {
			if j > 0 && j%4 == 0 {
				b.WriteByte('-')
			}
			b.WriteByte(codeLetters[letter()])
		}
		out[i] = b.String()
	}
	return out
}

// letter is a random number below len(codeLetters), each as likely.
func letter() int {
	var raw [1]byte
	for {
		rand.Read(raw[:]) // never fails
		if n := int(raw[0]); n < 256/len(codeLetters)*len(codeLetters) {
			return n % len(codeLetters)
		}
	}
}

// IsRecoveryCode tells whether what somebody typed has the shape of one.
func IsRecoveryCode(text string) bool { return len(ReadCode(text)) == recoveryLength }

// HashRecoveryCode is what is kept of a code of an account.
func HashRecoveryCode(account, text string) string {
	return Hash("recovery "+account, ReadCode(text))
}
