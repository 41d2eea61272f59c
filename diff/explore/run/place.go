//go:build explore

package run

import (
	"fmt"
	"strings"

	"midiff/diff/explore/sim"
	"midiff/goalloc"
)

// The places of accesses that are not the allocator's come behind its own.
var (
	placeStamp    = sim.Place(1 + goalloc.PlaceCount())
	placeVerify   = placeStamp + 1
	placeMap      = placeStamp + 2
	placeCommit   = placeStamp + 3
	placeDecommit = placeStamp + 4
	placeUnmap    = placeStamp + 5
	placeSpawn    = placeStamp + 6
	placeJoin     = placeStamp + 7
)

// placeTable names all places, by number.
var placeTable = func() []string {
	all := []string{"?"}
	for at := range goalloc.PlaceCount() {
		p := goalloc.PlaceAt(uint32(at + 1))
		all = append(all, fmt.Sprintf("%s at %s in %s", p.Text, p.At, p.Func))
	}
	return append(all, "the program fills the block", "the program reads the block", "mmap", "commit", "decommit",
		"munmap", "start", "end")
}()

// placeName describes a plain access for a report.
func placeName(p sim.Place) string { return placeTable[min(int(p), len(placeTable)-1)] }

// onFlags are the accesses to page.flags, by number.
var onFlags = func() []bool {
	all := make([]bool, 1+goalloc.PlaceCount())
	for at := range goalloc.PlaceCount() {
		all[at+1] = strings.HasSuffix(goalloc.PlaceAt(uint32(at+1)).Text, ".flags")
	}
	return all
}()
