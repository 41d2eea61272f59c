//go:build !cgo

package cref

// The reference is C: nothing of this package is there without cgo, and the compiler says so.
var _ = the_reference_is_C__set_CGO_ENABLED_1_and_install_gcc_or_set_CC
