package cli

import (
	"broadsheet/internal/app"

	"github.com/alecthomas/kong"
)

// grammar is the command line. Its struct tags are the help text.
type grammar struct {
	Config string           `help:"Configuration file (default broadsheet.toml, /etc/broadsheet/broadsheet.toml)." placeholder:"FILE" group:"settings"`
	Shown  kong.VersionFlag `name:"version" help:"Show the version." group:"settings"`
	kong.Plugins

	Serve        serveCmd        `cmd:"" help:"Serve the site and harvest new papers."`
	Papers       papersCmd       `cmd:"" help:"List, find and read papers of this site or another; vote, comment, submit."`
	Login        loginCmd        `cmd:"" help:"Keep an API token of a site, for commands that write there."`
	Logout       logoutCmd       `cmd:"" help:"Forget the API token of a site."`
	MCP          mcpCmd          `cmd:"" name:"mcp" help:"Give papers to a program that speaks the Model Context Protocol."`
	Import       importCmd       `cmd:"" help:"Bring papers in from files."`
	Export       exportCmd       `cmd:"" help:"Write everything to a file."`
	Copy         copyCmd         `cmd:"" help:"Copy everything from one database to another."`
	Harvest      harvestCmd      `cmd:"" help:"Ask sources for papers now."`
	Digest       digestCmd       `cmd:"" help:"Look at the mails that readers get; pause and resume them."`
	Subscribers  subscribersCmd  `cmd:"" help:"Look after who gets what."`
	Editions     editionsCmd     `cmd:"" help:"Look at editions."`
	Deliveries   deliveriesCmd   `cmd:"" help:"Look at what became of editions, and send again."`
	Suppressions suppressionsCmd `cmd:"" help:"Look after the addresses that are not written to."`
	Targets      targetsCmd      `cmd:"" help:"Look after chats and hooks that get editions."`
	Strays       straysCmd       `cmd:"" help:"Look at mails that came back and were not understood."`
	Mail         mailCmd         `cmd:"" help:"Show what must be published for mail to be taken."`
	Accounts     accountsCmd     `cmd:"" help:"Look after who may sign in."`
	Rules        rulesCmd        `cmd:"" help:"Look at the rules of the community and change them."`
	Admin        adminCmd        `cmd:"" help:"Open the administrator's page."`
	Status       statusCmd       `cmd:"" help:"Show what is stored and how the sources do."`
	Index        indexCmd        `cmd:"" help:"Look after the search index."`
	Doctor       doctorCmd       `cmd:"" help:"Check everything that can be set wrong."`
	Migrate      migrateCmd      `cmd:"" help:"Bring the database to this version's schema."`
	Backup       backupCmd       `cmd:"" help:"Copy the database to a file while it is in use."`
	Restore      restoreCmd      `cmd:"" help:"Put a backup in the database's place."`
	Eval         evalCmd         `cmd:"" help:"Judge the search by sets of queries with known answers."`
	ConfigCmd    configCmd       `cmd:"" name:"config" help:"Show settings, or an example file."`
	Completion   completionCmd   `cmd:"" help:"Write the completion script of a shell."`
	Version      versionCmd      `cmd:"" help:"Show the version."`
	Complete     completeCmd     `cmd:"" name:"__complete" hidden:"" passthrough:""`

	flagSets []*flagSet
}

func newGrammar() *grammar {
	g := &grammar{}
	g.Subscribers.Pause.act, g.Subscribers.Resume.act, g.Subscribers.End.act = app.ActPause, app.ActResume, app.ActEnd
	for command, to := range map[string]*kong.Plugins{
		"": &g.Plugins, "serve": &g.Serve.Plugins, "harvest": &g.Harvest.Plugins, "doctor": &g.Doctor.Plugins, "config": &g.ConfigCmd.Plugins,
		"papers": &g.Papers.Plugins, "mcp": &g.MCP.Plugins, "targets": &g.Targets.Plugins,
	} {
		fs := settingFlags(command)
		*to = fs.plugins()
		g.flagSets = append(g.flagSets, fs)
	}
	return g
}

// given are the setting flags that stood on the command line.
func (g *grammar) given() map[string]string {
	out := map[string]string{}
	for _, fs := range g.flagSets {
		fs.collect(out)
	}
	return out
}

func (grammar) Help() string {
	return `Examples:

  broadsheet serve                       serve on http://localhost:8080
  broadsheet papers ls --hot             what readers look at now
  broadsheet import papers.jsonl.zst     bring papers in
  broadsheet harvest --from 2026-06-01   fetch what was missed
  broadsheet export papers.jsonl.zst     write everything to a file
  broadsheet doctor                      find what is set wrong

Exit codes: 0 done, 1 failed, 2 wrong command line or setting, 3 done but for some records or checks, 130 interrupted.`
}
