package tex

import "errors"

// The limits below bound time and memory for any input. The longest formula in 230,000 arXiv papers is 895 bytes and the
// longest abstract about 6,000; the limits leave room without letting a hostile text cost more than some milliseconds.
const (
	maxText     = 64 << 10  // bytes of one text read as TeX; the rest is shown as it is
	maxFormula  = 4 << 10   // bytes of one formula
	maxFormulas = 500       // formulas in one text; later ones are shown as source
	maxDepth    = 48        // nested groups and arguments in one formula
	maxNodes    = 8 << 10   // MathML elements in one formula
	maxMarkup   = 128 << 10 // bytes of MathML for one formula
	maxOutput   = 1 << 20   // bytes of HTML for one text; formulas after that are shown as source
	maxNesting  = 16        // nested groups in text mode
	maxSearch   = 64        // bytes looked ahead for closing braces and dollars, for each byte of text
)

var (
	errSize  = errors.New("formula too large")
	errDepth = errors.New("formula nested too deeply")
)
