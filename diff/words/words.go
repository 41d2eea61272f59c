// The loops as plain Go. See doc.go for an overview.

package words

// fill writes v, v+step, ...
func fill(w []uint64, v, step uint64) {
	for i := range w {
		w[i] = v
		v += step
	}
}

// differ is the or of what the words differ by from v, v+step, ...: not 0 if one does.
func differ(w []uint64, v, step uint64) (wrong uint64) {
	const at = 8 // once
	step2, step4 := 2*step, 4*step
	a, b, c, d := v, v+step, v+step2, v+step2+step
	for ; len(w) >= at; w = w[at:] {
		p := (*[at]uint64)(w)
		wrong |= (p[0] ^ a) | (p[1] ^ b) | (p[2] ^ c) | (p[3] ^ d)
		a, b, c, d = a+step4, b+step4, c+step4, d+step4
		wrong |= (p[4] ^ a) | (p[5] ^ b) | (p[6] ^ c) | (p[7] ^ d)
		a, b, c, d = a+step4, b+step4, c+step4, d+step4
	}
	for i := range w {
		wrong |= w[i] ^ a
		a += step
	}
	return wrong
}
