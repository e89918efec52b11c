package tex

import "strings"

// unitNames are siunitx's; its prefixes and units are written one after the other.
var unitNames = map[string]string{"kilo": "k", "mega": "M", "giga": "G", "tera": "T", "peta": "P", "milli": "m", "micro": "µ", "nano": "n", "pico": "p", "femto": "f", "atto": "a", "centi": "c", "deci": "d", "hecto": "h",
	"meter": "m", "metre": "m", "second": "s", "gram": "g", "kilogram": "kg", "ampere": "A", "kelvin": "K", "mole": "mol", "candela": "cd", "hertz": "Hz", "newton": "N", "pascal": "Pa", "joule": "J", "watt": "W", "coulomb": "C",
	"volt": "V", "farad": "F", "ohm": "Ω", "siemens": "S", "tesla": "T", "henry": "H", "electronvolt": "eV", "eV": "eV", "celsius": "°C", "degreeCelsius": "°C", "degree": "°", "percent": "%", "minute": "min", "hour": "h", "day": "d", "liter": "L", "litre": "L",
	"bit": "bit", "byte": "B", "bar": "bar", "angstrom": "Å", "arcsecond": "″", "arcminute": "′", "parsec": "pc", "dB": "dB", "decibel": "dB", "per": "/", "squared": "²", "cubed": "³", "square": "", "um": "µm", "nm": "nm", "GHz": "GHz", "MHz": "MHz", "kHz": "kHz", "Hz": "Hz", "ms": "ms", "ns": "ns", "ps": "ps", "fs": "fs", "us": "µs", "mm": "mm", "cm": "cm", "km": "km", "K": "K", "mK": "mK", "GeV": "GeV", "MeV": "MeV", "keV": "keV", "meV": "meV", "TeV": "TeV", "micron": "µm", "micrometer": "µm", "gauss": "G"}

// quantity shows siunitx's number and unit, simply.
func quantity(number, unit string) *node {
	var b strings.Builder
	for i := 0; i < len(unit); i++ {
		if unit[i] != '\\' {
			b.WriteByte(unit[i])
			continue
		}
		name := commandName(unit[i+1:])
		b.WriteString(unitNames[name])
		i += len(name)
	}
	kids := []*node{}
	if number != "" {
		number = strings.NewReplacer("-", "−", "+-", "±", `\pm`, "±", " ", "", "e", " × 10^").Replace(number)
		kids = append(kids, mn(visible(number)))
	}
	if number != "" && unit != "" {
		kids = append(kids, space("0.167em"))
	}
	if unit != "" {
		kids = append(kids, mtext(strings.ReplaceAll(visible(b.String()), " ", "\u00a0")))
	}
	return one(kids)
}

// chemistry turns mhchem's light forms (H2O, Fe^{3+}, A + B -> C, SO4^2-) into ordinary math. What it does not know stays.
func chemistry(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case strings.HasPrefix(s[i:], "<=>"):
			b.WriteString(`\rightleftharpoons `)
			i += 2
		case strings.HasPrefix(s[i:], "->"):
			b.WriteString(`\rightarrow `)
			i++
		case isDigit(c) && i > 0 && (isLetter(s[i-1]) || s[i-1] == ')' || s[i-1] == ']' || s[i-1] == '}'):
			n := i
			for n < len(s) && (isDigit(s[n]) || s[n] == '.') {
				n++
			}
			b.WriteString("_{" + s[i:n] + "}")
			i = n - 1
		case c == '^' && i+1 < len(s) && s[i+1] != '{':
			n := i + 1
			for n < len(s) && (isDigit(s[n]) || s[n] == '+' || s[n] == '-') {
				n++
			}
			b.WriteString("{}^{" + s[i+1:n] + "}")
			i = n - 1
		case (c == '+' || c == '-') && i > 0 && s[i-1] != ' ' && (i+1 == len(s) || s[i+1] == ' '):
			b.WriteString("{}^" + string(c))
		case c == '$':
		default:
			b.WriteByte(c)
		}
	}
	return `\mathrm{` + b.String() + `}`
}
