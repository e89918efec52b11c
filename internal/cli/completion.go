package cli

import (
	"fmt"
	"io"
	"sort"
	"strings"

	"broadsheet/internal/config"

	"github.com/alecthomas/kong"
)

type completionCmd struct {
	Shell string `arg:"" enum:"bash,zsh,fish" help:"bash, zsh or fish."`
}

func (completionCmd) Help() string {
	return `Examples:

  broadsheet completion bash > /etc/bash_completion.d/broadsheet
  broadsheet completion zsh > "${fpath[1]}/_broadsheet"
  broadsheet completion fish > ~/.config/fish/completions/broadsheet.fish`
}

// The scripts ask the program itself, so they never grow old. An answer that
// is empty leaves the word to the shell's completion of file names.
var completionScripts = map[string]string{
	"bash": `_broadsheet() {
    local IFS=$'\n'
    COMPREPLY=($(broadsheet __complete -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null | cut -f1))
}
complete -o default -o bashdefault -F _broadsheet broadsheet
`,
	"zsh": `#compdef broadsheet
_broadsheet() {
    local -a found
    local line
    while IFS=$'\t' read -r word text; do
        found+=("${word//:/\\:}:$text")
    done < <(broadsheet __complete -- "${words[@]:1:$((CURRENT-1))}" 2>/dev/null)
    if (( ${#found} )); then _describe broadsheet found; else _files; fi
}
if [ "$funcstack[1]" = "_broadsheet" ]; then _broadsheet; else compdef _broadsheet broadsheet; fi
`,
	"fish": `function __broadsheet_complete
    broadsheet __complete -- (commandline -opc)[2..-1] (commandline -ct) 2>/dev/null
end
complete -c broadsheet -n 'count (__broadsheet_complete) >/dev/null' -f -a '(__broadsheet_complete)'
`,
}

// Run writes the script.
func (c *completionCmd) Run(r *run) error {
	_, err := io.WriteString(r.Stdout, completionScripts[c.Shell])
	return err
}

type completeCmd struct {
	Words []string `arg:"" optional:"" passthrough:""`
}

// Run writes the words that may stand where the last one is, each with a tab
// and what it means.
func (c *completeCmd) Run(r *run) error {
	words := c.Words
	if len(words) > 0 && words[0] == "--" {
		words = words[1:]
	}
	for _, s := range complete(r.parser.Model.Node, words) {
		if _, err := fmt.Fprintf(r.Stdout, "%s\t%s\n", s.word, s.text); err != nil {
			return err
		}
	}
	return nil
}

type suggestion struct{ word, text string }

// complete suggests what may stand in place of the last of words.
func complete(root *kong.Node, words []string) []suggestion {
	last := ""
	if len(words) > 0 {
		last, words = words[len(words)-1], words[:len(words)-1]
	}
	node := root
	var waiting *kong.Flag // for its value
	for _, w := range words {
		if waiting != nil {
			waiting = nil
			continue
		}
		if strings.HasPrefix(w, "-") {
			waiting = valueFlag(node, w)
			continue
		}
		for _, child := range node.Children {
			if child.Name == w {
				node = child
				break
			}
		}
	}
	switch {
	case waiting != nil:
		return matching(last, append(values(waiting.Value), allowed(waiting.Name)...))
	case strings.HasPrefix(last, "-"):
		return matching(last, flagNames(node))
	case len(node.Children) > 0:
		return matching(last, childNames(node))
	case len(node.Positional) > 0:
		return matching(last, values(node.Positional[0]))
	}
	return nil
}

// valueFlag is the flag w where it takes its value from the next word.
func valueFlag(node *kong.Node, w string) *kong.Flag {
	if strings.Contains(w, "=") {
		return nil
	}
	for n := node; n != nil; n = n.Parent {
		for _, f := range n.Flags {
			if "--"+f.Name == w && !f.IsBool() {
				return f
			}
		}
	}
	return nil
}

func values(v *kong.Value) []suggestion {
	var out []suggestion
	for _, word := range v.EnumSlice() {
		if word != "" {
			out = append(out, suggestion{word: word})
		}
	}
	return out
}

// allowed are the values of a setting's flag.
func allowed(flag string) []suggestion {
	var out []suggestion
	for _, s := range config.Table() {
		if s.Flag() == flag {
			for _, a := range s.Allowed {
				out = append(out, suggestion{word: a})
			}
		}
	}
	return out
}

func flagNames(node *kong.Node) []suggestion {
	var out []suggestion
	for _, group := range node.AllFlags(true) {
		for _, f := range group {
			out = append(out, suggestion{"--" + f.Name, f.Help})
		}
	}
	sort.Slice(out, func(i, j int) bool { return out[i].word < out[j].word })
	return out
}

func childNames(node *kong.Node) []suggestion {
	var out []suggestion
	for _, child := range node.Children {
		if !child.Hidden {
			out = append(out, suggestion{child.Name, child.Help})
		}
	}
	return out
}

func matching(start string, all []suggestion) []suggestion {
	var out []suggestion
	for _, s := range all {
		if strings.HasPrefix(s.word, start) {
			out = append(out, s)
		}
	}
	return out
}
