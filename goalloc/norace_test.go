// See race_test.go.

//go:build !race

package goalloc

const raceDetected = false
