// The tools that the set-up and the builds after it need. See doc.go for an overview.
package main

import (
	"cmp"
	"context"
	"os"
	"os/exec"
	"slices"
	"strings"
)

// tool is a program that must be there: how it is called, the Debian packages that bring it, and
// how to see whether it works, which need not follow from its being there.
type tool struct {
	name     string
	packages []string
	works    func(ctx context.Context, name string) bool
}

// compiler is the C compiler that Go will use.
func compiler() tool {
	if own := strings.Fields(os.Getenv("CC")); len(own) > 0 {
		return tool{name: own[0], works: compiles}
	}
	return tool{name: "gcc", packages: []string{"gcc", "libc6-dev"}, works: compiles}
}

// fetchTools are needed only as long as the source is not there.
func fetchTools() []tool {
	return []tool{
		{name: "apt-get", works: found},
		{name: "tar", packages: []string{"tar"}, works: found},
		{name: "xz", packages: []string{"xz-utils"}, works: found},
	}
}

// clangTools are those that binaries for libFuzzer are built and looked at with, of the version that CLANG names
// (clang-19) or the machine's own.
func clangTools() []tool {
	_, version, _ := strings.Cut(os.Getenv("CLANG"), "clang")
	runtime := "libclang-rt" + cmp.Or(version, "-14") + "-dev"
	packages := []string{"clang" + version, runtime}
	return []tool{
		{name: "clang" + version, packages: packages, works: fuzzes},
		{name: "clang++" + version, packages: packages, works: found},
		{name: "llvm-profdata" + version, packages: []string{"llvm" + version}, works: found},
		{name: "llvm-cov" + version, packages: []string{"llvm" + version}, works: found},
	}
}

// fuzzes tells whether the compiler links with libFuzzer and AddressSanitizer, which Debian keeps in a package of
// their own.
func fuzzes(ctx context.Context, name string) bool {
	cmd := exec.CommandContext(ctx, name, "-fsanitize=fuzzer,address", "-x", "c", "-", "-o", os.DevNull)
	cmd.Stdin = strings.NewReader("int LLVMFuzzerTestOneInput(const char *p, long n) { return 0; }\n")
	return cmd.Run() == nil
}

func found(_ context.Context, name string) bool {
	_, err := exec.LookPath(name)
	return err == nil
}

// compiles tells whether the compiler finds the C library's headers, which Debian keeps in a
// package of their own.
func compiles(ctx context.Context, name string) bool {
	cmd := exec.CommandContext(ctx, name, "-fsyntax-only", "-x", "c", "-")
	cmd.Stdin = strings.NewReader("#include <pthread.h>\n")
	return cmd.Run() == nil
}

// needTools makes sure that every tool works, installing packages where install is not nil. The
// error names the first tool that is missing and its packages.
func needTools(ctx context.Context, install installer, need ...tool) error {
	missing := func(t tool) bool { return !t.works(ctx, t.name) }
	var packages []string
	for _, t := range need {
		if missing(t) {
			packages = append(packages, t.packages...)
		}
	}
	if install != nil && len(packages) > 0 {
		if err := install(ctx, packages); err != nil {
			return err
		}
	}
	if at := slices.IndexFunc(need, missing); at >= 0 {
		return missingTool(need[at])
	}
	return nil
}

func missingTool(t tool) error {
	const what = "%s is missing or does not work"
	switch {
	case t.name == "apt-get":
		return wrong("use Debian 12, or "+mendTree, what, t.name)
	case len(t.packages) == 0:
		return wrong("install it, or unset CC to use gcc", what+" (CC names it)", t.name)
	}
	return wrong("install it and run make setup again (Debian, as root: apt-get install "+
		strings.Join(t.packages, " ")+")", what, t.name)
}

// installer installs Debian packages.
type installer func(ctx context.Context, packages []string) error

// rootInstaller is apt-get where this process may use it so, else nil.
func (c *commands) rootInstaller() installer {
	if _, err := os.Stat("/etc/debian_version"); err != nil || os.Geteuid() != 0 {
		return nil
	}
	if !found(context.Background(), "apt-get") {
		return nil
	}
	return c.aptInstall
}
