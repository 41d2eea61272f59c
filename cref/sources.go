// The C files as data. See doc.go for an overview.

package cref

import "embed"

// sources is read by nobody. Package flavours includes these files, and Go's build cache looks only at
// what a package imports: so a change of any of them changes this package, and those are compiled anew.
//
//go:embed *.c *.h
var sources embed.FS
