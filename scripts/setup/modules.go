// The Go modules that the project requires. See doc.go for an overview.
package main

import "context"

// goModules has the go command fetch what go.mod names; with all there it only looks.
func (c *commands) goModules(ctx context.Context) error {
	if err := c.run(ctx, c.root, "go", "mod", "download"); err != nil {
		return wrong("check the network and `go env GOPROXY GOMODCACHE`, and run make setup again",
			"the go command cannot fetch the modules of go.mod: %s (%s)", c.reason("go: "), c.save())
	}
	return nil
}
