// Accesses at the site of an atomic one that are not atomic. See doc.go for an overview.

package sim

// bare is each thread's last access to a word with order Plain.
type bare struct {
	r, w     clock
	rAt, wAt [MaxThreads]Site
}

// checkBare checks an access, atomic or not, against those with order Plain.
func (s *Sim) checkBare(t *thread, x *word, site Site, write bool) {
	now := Access{Thread: t.id, Atomic: true, Write: write, Site: site, Clock: t.now.hb[t.id]}
	for u := 0; u < s.threads; u++ {
		if u == t.id {
			continue
		}
		if clk := x.bare.w[u]; clk > t.now.hb[u] {
			s.race(t, x.addr, now, Access{Thread: u, Atomic: true, Write: true, Site: x.bare.wAt[u], Clock: clk})
		}
		if clk := x.bare.r[u]; write && clk > t.now.hb[u] {
			s.race(t, x.addr, now, Access{Thread: u, Atomic: true, Site: x.bare.rAt[u], Clock: clk})
		}
	}
}

// bareAccess checks an access with order Plain against the atomic ones, and notes it. Without a race the newest store
// happened before it, so that there is no other value to see.
func (s *Sim) bareAccess(t *thread, x *word, site Site, write bool) {
	s.checkAtomic(t, x, Access{Thread: t.id, Atomic: true, Write: write, Site: site, Clock: t.now.hb[t.id]})
	if x.bare == nil {
		x.bare = &bare{}
	}
	if write {
		x.bare.w[t.id], x.bare.wAt[t.id] = t.now.hb[t.id], site
		return
	}
	x.bare.r[t.id], x.bare.rAt[t.id] = t.now.hb[t.id], site
}
