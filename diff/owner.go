// Who owns a block: the part of the model that questions about heaps are judged by. See doc.go for an
// overview.

package diff

import "midiff/diff/prog"

// Heaps are told apart by birth numbers. Each thread's own heap has one, too, and gets a new one when the
// thread ends. heirs says where the blocks of a heap went that is no more: heap_delete hands them to the
// thread's own heap; those of an ended thread are nobody's, until a backing heap takes them over unseen.

// nobody is the heir of a thread's own heap.
const nobody = ^uint32(0)

// beginOwners gives every thread its own heap.
func (m *model) beginOwners() {
	m.births = 0
	m.heirs = append(m.heirs[:0], 0)
	for t := range m.own {
		m.own[t] = m.newBirth()
	}
}

func (m *model) newBirth() uint32 {
	m.births++
	m.heirs = append(m.heirs, 0)
	return m.births
}

// endOwn makes nobody's the blocks of a thread that ends. The main thread does not end.
func (m *model) endOwn(thread uint8) {
	if thread != 0 {
		m.heirs[m.own[thread]] = nobody
		m.own[thread] = m.newBirth()
	}
}

// ownerOf gives the heap that a block of a heap belongs to now; nobody if there is none.
func (m *model) ownerOf(birth uint32) uint32 {
	for birth != nobody && m.heirs[birth] != 0 {
		birth = m.heirs[birth]
	}
	return birth
}

// askedHeap gives the heap that s asks about, whether it is a thread's own, and whether it may take over blocks of ended
// threads: a thread's own may, and in later versions any that cannot be destroyed.
func (m *model) askedHeap(s *prog.Step) (birth uint32, own, takes bool) {
	birth = m.owner(s)
	own = birth == m.own[s.Thread]
	return birth, own, own || m.later && m.isKept(birth)
}

// isKept tells whether heap_destroy of a heap is heap_delete.
func (m *model) isKept(birth uint32) bool {
	for i := range m.heaps {
		if h := &m.heaps[i]; h.birth == birth && birth != 0 {
			return h.kept
		}
	}
	return false
}

// answer gives what a question about ownership must be answered; may: no is right, too.
func (m *model) answer(ru *rule, s *prog.Step) (want uint64, may bool) {
	b := m.source(s.Src)
	if b.addr == 0 || m.nullHeap(s) {
		return 0, false
	}
	want = askFirst | askInner | askLast
	if ru.name == "heap_contains_block" {
		want = 1
	} else if b.addr%8 != 0 {
		return 0, false
	}
	asked, _, takes := m.askedHeap(s)
	switch m.ownerOf(b.owner) {
	case asked:
		return want, m.gaveUp[b.thread]
	case nobody:
		if takes {
			return want, true
		}
	default:
		if takes && m.gaveUp[b.thread] {
			return want, true
		}
	}
	return 0, false
}

// mapped gives what is_in_heap_region must answer, without the next byte.
func (m *model) mapped(s *prog.Step) uint64 {
	if m.source(s.Src).addr == 0 {
		return 0
	}
	return askFirst | askInner | askLast
}
