// What a process holds at rest, in real memory as well.
// Counterpart: none, the rig's view of both. See doc.go for an overview.

package goalloc

import "midiff/goalloc/internal/osmem"

// MappedBytes is how much memory is mapped, with the process's own records.
func (p *Process) MappedBytes() (n uintptr) {
	if p.sim == nil {
		return p.os.(*osmem.Real).Mapped()
	}
	for _, r := range p.Mapped() {
		n += uintptr(r.Size)
	}
	return n
}

// AbandonedSegments tells, of a process at rest with its first thread alone, how many abandoned segments there
// are, how many of them are counted, and how many threads count as reading the list.
func (p *Process) AbandonedSegments() (listed, counted, readers int64) {
	c := take(p, []*Thread{p.main})
	listed = int64(len(c.abandoned) + len(c.visited))
	return listed, c.counted, c.readers
}

// ArenaBlocksInUse is how many blocks of arenas are in use, of a process at rest.
func (p *Process) ArenaBlocksInUse() (n int) {
	for i := range p.arenas.count.AtRest() {
		a := arenaAt(Addr(p.arenas.all[i].AtRest()))
		for bit := range int(a.blocks) {
			n += int(a.inUse()[bit/fieldBits].AtRest() >> (bit % fieldBits) & 1)
		}
	}
	return n
}
