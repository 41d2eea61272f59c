//go:build ccover

package main

// The reference tells what of it ran.
import _ "midiff/cref/covered"
