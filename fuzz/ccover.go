//go:build ccover

package fuzz

// C tells what of it ran.
import _ "midiff/cref/covered"
