// What programs cost to run, so that woven ones stay within bounds. See doc.go for an overview.

package prog

// costs are what a program spends, or may still spend.
type costs struct {
	touched uint64   // bytes that requests make resident, one after the other
	live    uint64   // the same, at a time
	bulked  uint64   // blocks of bulks
	huge    int      // requests with a segment of their own
	arenas  int      // operations that make one
	slow    slowness // of a program: minus what it spends
}

// allowance is what a program may cost whatever its models do.
func allowance(cfg *GenConfig) costs {
	work := cfg.MaxWork
	if work == 0 {
		work = cfg.MaxLive
	}
	return costs{touched: work + uint64(cfg.Ops)*sliceSize, live: cfg.MaxLive, bulked: uint64(cfg.MaxBulk), huge: mostHuge,
		arenas: mostArenas + cfg.Ops/20, slow: slowness{left: 4 + cfg.Ops/10}}
}

// costsOf adds up a program. What is live at a time is at most what is touched.
func costsOf(p *Program) (c costs) {
	for i := range p.Ops {
		o := p.Ops[i]
		row := &Table[o.Kind]
		if makesArena(row) {
			c.arenas++
		}
		if r, ok := requestOf(&o, row); ok {
			if c.slow.ended {
				c.slow.left -= int(min(r.refusals(), MaxBulk))
			}
			c.touched += min(r.touches(), ^c.touched)
			if r.bulk {
				c.bulked += *r.count
			}
			if r.ownsSegment() {
				c.huge++
			}
		}
		c.slow.note(row)
	}
	c.live = c.touched
	c.slow.left = -c.slow.left
	return c
}

// most raises what may be spent to what a model spends.
func (c *costs) most(model costs) {
	c.touched, c.live = max(c.touched, model.touched), max(c.live, model.live)
	c.bulked = max(c.bulked, model.bulked)
	c.huge, c.arenas = max(c.huge, model.huge), max(c.arenas, model.arenas)
	c.slow.left = max(c.slow.left, model.slow.left)
}

// spend takes an operation off what is left, with its numbers folded so that it fits. It tells whether it does.
// live is what is resident before it.
func (c *costs) spend(cfg *GenConfig, o *Op, row *Row, live uint64) bool {
	if !c.slow.allows(row) || makesArena(row) && c.arenas == 0 {
		return false
	}
	if r, ok := requestOf(o, row); ok && !c.request(cfg, &r, live) {
		return false
	}
	if makesArena(row) {
		c.arenas--
	}
	c.slow.note(row)
	return true
}

func (c *costs) request(cfg *GenConfig, r *request, live uint64) bool {
	if r.bulk && c.bulked == 0 {
		return false
	}
	if r.bulk && *r.count > c.bulked {
		*r.count = 1 + *r.count%c.bulked
	}
	small := uint64(sliceSize)
	if cfg.MaxSize > 0 {
		small = min(small, cfg.MaxSize)
		r.fold(cfg.MaxSize, impossible)
	}
	if r.align != nil && cfg.MaxAlign > 0 && *r.align > cfg.MaxAlign {
		*r.align %= cfg.MaxAlign + 1
	}
	if times := r.refusals(); times > 0 && !c.slow.allowsRefusals(times) {
		r.fold(small, largestUint)
	}
	room := min(c.touched, c.live-min(live, c.live))
	if r.touches() > room || r.ownsSegment() && c.huge == 0 {
		r.fold(small, impossible)
		r.foldBulk(sliceSize)
		if r.align != nil && *r.align > smallMax {
			*r.align %= smallMax + 1
		}
	}
	if r.touches() > room {
		return false
	}
	c.touched -= r.touches()
	if r.bulk {
		c.bulked -= *r.count
	}
	if r.ownsSegment() {
		c.huge--
	}
	return true
}

// ownsSegment tells of a block that shares its segment with no other.
func (r *request) ownsSegment() bool {
	if *r.size >= impossible {
		return false
	}
	return *r.size > largeMax || r.align != nil && *r.align > alignMax && *r.align < impossible
}
