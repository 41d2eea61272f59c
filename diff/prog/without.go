// Programs with operations taken out. See doc.go for an overview.

package prog

// Without gives the program without the operations that drop names, by index, and without those that
// cannot stand without them: a free of a block that nobody made. The program must be valid and as
// Renamed gives it; so is the result, with the same variables.
func (p *Program) Without(drop func(op int) bool) *Program {
	q := *p
	q.Ops = make([]Op, 0, len(p.Ops))
	c := checker{p: &q, lives: make([]life, len(p.Vars))}
	for i := range p.Ops {
		if drop(i) {
			continue
		}
		at := len(q.Ops)
		q.Ops = append(q.Ops, p.Ops[i])
		if c.op(at) != nil {
			q.Ops = q.Ops[:at]
		}
	}
	return &q
}
