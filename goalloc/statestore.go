// The canonical state of where memory is from.
// Counterpart: none, the rig's view of both. See doc.go for an overview.

package goalloc

// packed is the id as the reference of 2.0 has it: its number of the arena has a bit less.
func (m memID) packed() uint64 {
	return uint64(m.block())<<8 | uint64(m&memExclusive)>>1 | uint64(m.arena())
}

// memory tells where memory is from; nothing for that of the OS.
func (w *stateWalk) memory(f StateField, id memID, pinned, large bool) {
	if v := id.packed() | bit(pinned)<<62 | bit(large)<<63; v != 0 {
		w.put(f, 0, 0, v)
	}
}

func (w *stateWalk) arenas(s *arenaSet) {
	n := s.count.AtRest()
	if n == 0 {
		return
	}
	w.put(stateArenas, 0, 0, n)
	for i := range s.all {
		if s.all[i].AtRest() == 0 {
			continue
		}
		a := arenaAt(Addr(s.all[i].AtRest()))
		w.a = uint16(i)
		w.put(stateArenaIs, 0, 0, uint64(uint32(a.id))|bit(a.exclusive)<<32|bit(a.large)<<33|
			bit(a.saidZero)<<34|bit(a.allowDecommit)<<35)
		w.put(stateArenaAt, 0, 0, w.rel(Addr(a.start.AtRest())))
		w.put(stateArenaBlocks, 0, 0, uint64(a.blocks)|uint64(a.fields)<<32)
		w.bits(stateArenaInUse, a.inUse())
		w.bits(stateArenaDirty, a.dirty())
		if a.allowDecommit {
			w.bits(stateArenaCommitted, a.committed())
		}
	}
	w.a = 0
}

func (w *stateWalk) bits(f StateField, b bitmap) {
	for i := range b {
		if v := b[i].AtRest(); v != 0 {
			w.put(f, i, 0, v)
		}
	}
}
