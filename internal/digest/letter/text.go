package letter

import "strings"

var (
	heavy = strings.Repeat("_", columns) + "\n" // equals signs would be three characters each on the wire
	light = strings.Repeat("-", columns) + "\n"
)

// textCard is a paper in the text part.
func (f *facts) textCard() string {
	var b strings.Builder
	b.WriteString("\n")
	wrap(&b, "", f.Title)
	by := f.By
	if f.Org != "" && by != "" {
		by += " · "
	}
	wrap(&b, "", by+f.Org)
	if f.Text != "" {
		b.WriteByte('\n')
		wrap(&b, "", f.Text)
	}
	b.WriteByte('\n')
	wrap(&b, "", join(" · ", f.Votes, f.Comments, f.Why))
	b.WriteString(f.Path + "\n")
	if f.Code != "" {
		b.WriteString("Code: " + f.Code + "\n")
	}
	b.WriteString("\n" + light)
	return b.String()
}

func (f *frame) textTop() string {
	var b strings.Builder
	wrap(&b, "", f.Site)
	wrap(&b, "", f.Day)
	wrap(&b, "", f.Title+": "+f.Count)
	if !f.Empty {
		b.WriteString("\nOn the web:  " + f.Web + "\n")
	} else {
		b.WriteByte('\n')
	}
	b.WriteString("Unsubscribe: " + string(markUnsubscribe) + "\n\n" + heavy)
	if f.Empty {
		b.WriteByte('\n')
		wrap(&b, "", "Nothing new since the last edition. You asked to be told so; the next edition comes when it is due.")
		b.WriteString("\nThe latest papers: " + f.Home + "\n\n" + light)
	}
	return b.String()
}

func (f *frame) textBottom() string {
	var b strings.Builder
	b.WriteByte('\n')
	if f.Whole {
		b.WriteString("The whole edition: " + f.Web + "\n\n")
	}
	wrap(&b, "", "You get this mail because this address asked "+f.Site+" for: "+f.Title+".")
	b.WriteString("\nChange or pause it: " + string(markPreferences) + "\nUnsubscribe: " + string(markUnsubscribe) + "\n" + f.Site + ": " + f.Home + "\n")
	return b.String()
}

// join joins what is not empty.
func join(by string, parts ...string) string {
	var there []string
	for _, p := range parts {
		if p != "" {
			there = append(there, p)
		}
	}
	return strings.Join(there, by)
}
