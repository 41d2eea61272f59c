// What the explorer needs of the allocator.
// Counterpart: none, the rig's controls. See doc.go for an overview.

//go:build explore

package goalloc

import (
	"fmt"
	"strings"

	"midiff/goalloc/internal/atom"
	"midiff/goalloc/internal/osmem"
	"midiff/goalloc/internal/raw"

	"golang.org/x/sys/unix"
)

// The layer under the allocator, for a package that may not import it.
type (
	// Memory is told of all accesses.
	Memory = atom.Memory
	// Site is an atomic access.
	Site = atom.Site
	// SiteInfo describes a site.
	SiteInfo = atom.Info
)

// SetMemory makes m the memory of all accesses from here on; nil for the machine's own.
func SetMemory(m Memory) { atom.SetMemory(m) }

// Watched tells whether there is a memory that is told of accesses.
func Watched() bool { return atom.Watched() }

// SetChange switches a named change of the source on or off.
func SetChange(n int, on bool) { atom.SetChange(n, on) }

// Place is a plain access in the source.
type Place struct {
	At   string // file:line
	Func string // as in the table of sites
	Text string // the expression
}

// SiteUse is where an atomic site is used.
type SiteUse struct {
	Name   string // of the constant
	Method string // of the atomic word
	At     string // file:line
}

// Filled in by the file that package rewrite makes.
var (
	placeTable []Place
	siteTable  []SiteUse
)

// PlaceAt describes a plain access by the number that Memory was told.
func PlaceAt(at uint32) Place {
	if at == 0 || int(at) > len(placeTable) {
		return Place{At: "?"}
	}
	return placeTable[at-1]
}

// PlaceCount is how many plain accesses there are; they are numbered from 1.
func PlaceCount() int { return len(placeTable) }

// SiteCount is how many sites there are.
func SiteCount() int { return len(siteTable) }

// SiteAt describes a site.
func SiteAt(s Site) (SiteUse, SiteInfo) {
	if int(s) >= len(siteTable) {
		return SiteUse{Name: "?"}, SiteInfo{}
	}
	return siteTable[s], atom.Sites[s]
}

// QuietSites makes the accesses of statistics the machine's own: relaxed counters that nothing depends on.
func QuietSites() {
	for i, u := range siteTable {
		atom.SetQuiet(Site(i), strings.HasPrefix(u.Name, "Stat") || u.Name == "ThreadIDNext")
	}
}

// System is the simulated OS of a process, as a simulator wants to see it.
type System interface {
	// Map tells of memory that was mapped, Commit and Decommit of parts of it, Unmap of its end.
	Map(a, n uintptr, committed bool)
	Commit(a, n uintptr)
	Decommit(a, n uintptr)
	Unmap(a, n uintptr)
	// Clock gives the time, in ms, by what the clock says.
	Clock(now int64) int64
	// Refuses tells that the OS refuses a call: a map or a commit.
	Refuses() bool
}

// Watch has s told of every call on the OS.
func (p *Process) Watch(s System) { p.os = &watchedOS{Memory: p.sim, system: s} }

// watchedOS tells a System of what succeeds.
type watchedOS struct {
	osmem.Memory
	system System
}

func (w *watchedOS) Map(hinted bool, size uintptr, commit bool) (raw.Addr, osmem.Errno) {
	if w.system.Refuses() {
		return 0, unix.ENOMEM
	}
	a, e := w.Memory.Map(hinted, size, commit)
	if e == 0 {
		w.system.Map(uintptr(a), size, commit)
	}
	return a, e
}

func (w *watchedOS) Unmap(a raw.Addr, size uintptr) osmem.Errno {
	e := w.Memory.Unmap(a, size)
	if e == 0 {
		w.system.Unmap(uintptr(a), size)
	}
	return e
}

func (w *watchedOS) Protect(a raw.Addr, size uintptr, commit bool) osmem.Errno {
	if commit && w.system.Refuses() {
		return unix.ENOMEM
	}
	e := w.Memory.Protect(a, size, commit)
	if e == 0 && commit {
		w.system.Commit(uintptr(a), size)
	} else if e == 0 {
		w.system.Decommit(uintptr(a), size)
	}
	return e
}

func (w *watchedOS) Decommit(a raw.Addr, size uintptr) osmem.Errno {
	e := w.Memory.Decommit(a, size)
	if e == 0 {
		w.system.Decommit(uintptr(a), size)
	}
	return e
}

func (w *watchedOS) Now() int64 { return w.system.Clock(w.Memory.Now()) }

// slotted is a source that keeps segments in slots.
type slotted interface {
	// slotArea is where the slots lie, and how far they are apart.
	slotArea() (from, to, step uintptr)
}

// CacheRange is where the slots of the segment cache lie: shared memory that is not the simulated OS's.
func (p *Process) CacheRange() (from, to uintptr) {
	if c, ok := p.source.(slotted); ok {
		from, to, _ = c.slotArea()
	}
	return from, to
}

// Peek reads the word at an address.
func Peek(a uintptr) uint64 { return raw.Words(raw.Addr(a), 1)[0] }

// SimulatedBytes is how large the simulated memory is, SegmentBytes how large a segment.
const (
	SimulatedBytes = osmem.SimSize
	SegmentBytes   = segmentSize
)

// offset is where a field lies in its record.
func offset[R, F any](record *R, field *F) uintptr { return uintptr(raw.Of(field) - raw.Of(record)) }

// The fields of records by their offset, for reports.
var (
	pageZero    page
	segmentZero segment

	pageWords = map[uintptr]string{offset(&pageZero, &pageZero.sliceCount): "slices", offset(&pageZero, &pageZero.capacity) &^ 7: "capacity, flags",
		offset(&pageZero, &pageZero.free): "free", offset(&pageZero, &pageZero.used): "used, blockSize",
		offset(&pageZero, &pageZero.localFree): "localFree", offset(&pageZero, &pageZero.threadFree): "threadFree",
		offset(&pageZero, &pageZero.heap): "heap", offset(&pageZero, &pageZero.next): "next", offset(&pageZero, &pageZero.prev): "prev"}
	segmentWords = map[uintptr]string{offset(&segmentZero, &segmentZero.abandonedNext): "abandonedNext",
		offset(&segmentZero, &segmentZero.abandoned): "abandoned", offset(&segmentZero, &segmentZero.abandonedVisits): "abandonedVisits",
		offset(&segmentZero, &segmentZero.used): "used", offset(&segmentZero, &segmentZero.threadID): "threadID",
		offset(&segmentZero, &segmentZero.decommitMask): "decommitMask", offset(&segmentZero, &segmentZero.commitMask): "commitMask"}
)

// WordName names the word at an offset of a segment: a field of its record or of a page's, else the offset.
func WordName(offset uintptr) string {
	if offset >= slicesOffset && offset < segmentRecord {
		i, field := (offset-slicesOffset)/pageSize, (offset-slicesOffset)%pageSize
		if name, ok := pageWords[field&^7]; ok {
			return fmt.Sprintf(".page%d.%s", i, name)
		}
	}
	if name, ok := segmentWords[offset&^7]; ok {
		return "." + name
	}
	return fmt.Sprintf("+%#x", offset)
}

// SharedName names a word of the process that all threads share, "" if it is none.
func (p *Process) SharedName(a uintptr) string {
	for _, words := range []map[string]*atom.U64{p.abandoned.words(), p.source.words(),
		{"thread count": &p.threadCount, "main heap.delayed": &p.mainHeap.delayed}} {
		for name, w := range words {
			if uintptr(raw.Of(w)) == a {
				return name
			}
		}
	}
	if c, ok := p.source.(slotted); ok {
		if from, to, step := c.slotArea(); a >= from && a < to {
			return fmt.Sprintf("cache slot %d", (a-from)/step)
		}
	}
	return ""
}
