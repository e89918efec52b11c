// Command broadsheet serves a site of daily papers and does everything that
// its operator needs. `broadsheet --help` lists the commands.
package main

import (
	"os"

	"broadsheet/internal/cli"
)

func main() {
	os.Exit(cli.Main(cli.World{
		Args: os.Args[1:], Environ: os.Environ(), Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr,
	}))
}
