// Command ossfuzz writes what goes with a libFuzzer binary of a fuzz target. .clusterfuzzlite/build.sh calls it:
//
//	ossfuzz flags TARGET        the flags of `go build` for the target's archive, one a line
//	ossfuzz seeds TARGET FILE   the corpus as a zip of inputs, FILE
//	ossfuzz dict FILE           a dictionary of the words of programs
//	ossfuzz functions TARGET... what OSS-Fuzz's coverage job runs for each target, as JSON
//
// This folder also has the project's files for OSS-Fuzz (project.yaml, Dockerfile); .clusterfuzzlite has those for
// ClusterFuzzLite, and the build script of both. A test keeps them in step with the targets and with setup.
package main
