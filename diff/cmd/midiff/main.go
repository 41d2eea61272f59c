// Command midiff runs programs on C mimalloc and on goalloc side by side and reports where they, or
// either of them and the contract, disagree.
//
//	midiff run [-v] [-json] [-mode parallel [-times N]] [-ref so:PATH] [-without QUIRK,...] FILE...
//	midiff soak -programs N -ops N -threads N -seed N -profile P | -for 60s -jobs 2 | -faults -jobs 2
//	midiff scenarios [-for 10m] [-name NAME] [-text] [-ref so:PATH]
//	midiff shrink [-mode parallel] FILE -o OUT
//	midiff record -ref so:PATH [-programs N -seed N] [FILE...] [-o DIR] | TRACE...
//	midiff report FILE [-line N | -o OUT.html]
//	midiff explore [-scenario S,...] [-order SITE=ORDER]... [-mutant M,...] [-bound N] [-budget T]
//	midiff explore -sites | -scenarios | -matrix | -programs | -compare V1 V2 -scenario S
//	midiff replay STRING [-order SITE=ORDER]...
//	midiff emit -lang c|go FILE
//	midiff convert FILE|FOLDER -to text|fuzz|raw -o OUT
//	midiff merge -o OUT FOLDER|FILE...
//	midiff recover [FOLDER...]
//	midiff canary [-shrink] [-json]
//	midiff coverage [-o FOLDER]
//	midiff bench [-json]
//	midiff version
//
// Flags may stand before or after files. Exit codes: 0 the sides agree, 1 they do not, 2 the input or
// the command line is wrong, 3 the rig itself failed.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	_ "midiff/cref/flavours" // programs of every profile can be run
	_ "midiff/cref/shared"   // and with libraries that are opened at run time
)

// Exit codes.
const (
	exitAgree = iota
	exitDiverge
	exitInput
	exitRig
)

// command is a subcommand: its line of usage and what it does.
type command struct {
	name, usage string
	run         func(c *command, args []string) int
}

var commands []*command

func init() {
	commands = []*command{
		{"run", "run [-v] [-json] [-mode parallel [-times N]] [-ref so:PATH] [-without QUIRK,...] FILE...", runFiles},
		{"soak", "soak [-programs N | -for 60s | -faults] [-ops N] [-threads N] [-seed N] [-jobs N] [-without QUIRK,...]", runSoak},
		{"scenarios", "scenarios [-for 10m] [-name NAME] [-rounds N] [-threads N] [-seed N] [-text] [-ref so:PATH] [-without QUIRK,...]", runScenarios},
		{"shrink", "shrink [-mode parallel] [-without QUIRK,...] [-json] FILE -o OUT", runShrink},
		{"record", "record -ref so:PATH [-programs N -seed N] [FILE...] [-o DIR] | TRACE...", runRecord},
		{"report", "report [-without QUIRK,...] [-json] FILE [-line N | -o OUT.html]", runReport},
		{"serve", "serve [-without QUIRK,...], which shrink runs as its child", runServe},
		{"explore", "explore [-scenario S,...] [-order SITE=ORDER]... [-mutant M,...] [-bound N] [-budget T] | -sites | -scenarios | -matrix | -programs | -compare V1 V2", runExplore},
		{"replay", "replay STRING [-order SITE=ORDER]... [-mutant M,...]", runExplore},
		{"emit", "emit [-lang c|go] [-without QUIRK,...] FILE", runEmit},
		{"gather", "gather [-lang c|go] [-without QUIRK,...] FILE, which emit runs as its child", runGather},
		{"convert", "convert [-to text|fuzz|raw] [-target TARGET] FILE [-o OUT]", runConvert},
		{"merge", "merge -o OUT [-jobs N] [-target T] [-profile P] [-json] FOLDER|FILE...", runMerge},
		{"work", "work JSON, which soak runs as its child", runWork},
		{"recover", "recover [-json] [FOLDER...]", runRecover},
		{"canary", "canary [-shrink] [-json]", runCanary},
		{"coverage", "coverage [-o FOLDER]", runCoverage},
		{"bench", "bench [-json]", runBench},
		{"version", "version", runVersion},
	}
}

func main() { os.Exit(dispatch(os.Args[1:])) }

func dispatch(args []string) int {
	if len(args) == 0 {
		return usage(os.Stderr, exitInput)
	}
	for _, c := range commands {
		if c.name == args[0] {
			return c.run(c, args[1:])
		}
	}
	if args[0] == "help" || args[0] == "-h" || args[0] == "-help" || args[0] == "--help" {
		return usage(os.Stdout, exitAgree)
	}
	fmt.Fprintf(os.Stderr, "midiff: unknown command %q\n", args[0])
	return usage(os.Stderr, exitInput)
}

func usage(w io.Writer, code int) int {
	fmt.Fprintln(w, "usage:")
	for _, c := range commands {
		fmt.Fprintln(w, "  midiff "+c.usage)
	}
	return code
}

// parse reads flags that stand anywhere among the files, and gives the files.
func (c *command) parse(fs *flag.FlagSet, args []string) (files []string, err error) {
	fs.SetOutput(io.Discard)
	for len(args) > 0 {
		if err := fs.Parse(args); err != nil {
			if !errors.Is(err, flag.ErrHelp) {
				fmt.Fprintln(os.Stderr, "midiff:", err)
			}
			c.help(fs)
			return nil, err
		}
		if args = fs.Args(); len(args) > 0 {
			files, args = append(files, args[0]), args[1:]
		}
	}
	return files, nil
}

func (c *command) help(fs *flag.FlagSet) {
	fmt.Fprintln(os.Stderr, "usage: midiff "+c.usage)
	fs.SetOutput(os.Stderr)
	fs.PrintDefaults()
}

// list splits a flag's value at commas.
func list(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(text, ",")
}

// fail prints an error of the rig.
func fail(err error) int {
	fmt.Fprintln(os.Stderr, "midiff:", err)
	return exitRig
}
