package api

// form is what values of a parameter look like.
type form int

const (
	text     form = iota
	integer       // from low to high
	onOff         // 1, or 0
	choice        // one of choices
	several       // of choices, separated by commas
	repeated      // text, and the parameter may be given again
)

// param is a parameter of an operation: what the route reads and what the
// OpenAPI document says are one thing.
type param struct {
	name      string
	about     string
	form      form
	choices   []string
	low, high int
	fallback  string // what it is without the parameter, "" for nothing to tell
	inPath    bool
	required  bool // always so in a path
	most      int  // characters of a text; 0 is no bound beside that of the address
	example   string
}

// query is the parameter as routes declare it.
func (p param) query() string {
	if p.fallback == "" || p.form == several || p.form == repeated {
		return p.name
	}
	return p.name + "=" + p.fallback
}
