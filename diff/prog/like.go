// Operations that share opening bytes. See doc.go for an overview.

package prog

// There are more operations than bytes for each to have a fair share of, and many do what another one does, by another
// name or with another end. Such a one shares the bytes of the other (Row.Like), and the digit of the thread tells
// them apart: with likeBit in it, what is above is the place among those that share the byte, a heap_ variant counted
// apart.
const (
	likeBit   = 8  // above the numbers of threads
	likeUnit  = 16 // of the place
	mostLikes = heapedDigit / likeUnit
)

// like is an operation that shares the opening bytes of another.
type like struct {
	kind   Kind
	heaped bool
}

// share lists which operations share the bytes of which.
func (o *opening) share(profile string) {
	o.likes = make([][]like, len(Table))
	for k := range Table {
		row := &Table[k]
		if row.Like == "" || !row.In(profile) {
			continue
		}
		of := mustKind(row.Like)
		o.first[k] = o.first[of]
		o.likes[of] = append(o.likes[of], like{kind: Kind(k)})
		if row.Heaped {
			o.likes[of] = append(o.likes[of], like{kind: Kind(k), heaped: true})
		}
		if len(o.likes[of]) > mostLikes {
			panic("prog: too many operations share the bytes of " + row.Like)
		}
	}
}

// likeDigit is what the digit of the thread of an operation that shares its bytes has beside the thread.
func (o *opening) likeDigit(op *Op) uint8 {
	for i, l := range o.likes[mustKind(Table[op.Kind].Like)] {
		if l == (like{op.Kind, op.Heaped}) {
			return uint8(i*likeUnit + likeBit)
		}
	}
	panic("prog: " + Table[op.Kind].Name + " is in no profile of these bytes")
}

// like gives the operation that a digit of the thread makes of the one of the opening byte.
func (d *Decoder) like(of Kind, who uint64) (l like, ok bool) {
	likes := openingOf(d.later).likes[of]
	place := who / likeUnit
	if who >= heapedDigit || who&likeBit == 0 || place >= uint64(len(likes)) {
		return like{}, false
	}
	l = likes[place]
	return l, !isOff(&d.cfg, &d.absent, &Table[l.kind]) && (!l.heaped || d.cfg.Heaps)
}
