// How often each oracle looked: silence means something only where it did. See doc.go for an overview.

package diff

import (
	"slices"

	"midiff/diff/prog"
)

// looks says of which operations' results an oracle judges at least one field. What an oracle does
// beyond, on some operations or between programs, is counted where it is done.
var looks = [numOracles]func(ru *rule, row *prog.Row) bool{
	Crash:       everywhere,
	Assertion:   nowhere,
	Hang:        nowhere, // a matter of threads that run at once
	ResultClass: everywhere,
	ResultValue: func(ru *rule, _ *prog.Row) bool { return !ru.makesRoom() },
	ErrorCode:   everywhere,
	Messages:    everywhere,
	Deferred:    nowhere,
	Place:       (*rule).placed,
	Usable: func(ru *rule, _ *prog.Row) bool {
		return ru.promise == gives || ru.promise == moves || ru.promise == fits || ru.promise == measures
	},
	Align: (*rule).placed,
	Zero:  func(_ *rule, row *prog.Row) bool { return row.Zeroes },
	Contents: func(_ *rule, row *prog.Row) bool {
		return slices.ContainsFunc(row.Operands, func(o prog.Operand) bool {
			return o == prog.BlockUse || o == prog.BlockFree || o == prog.BlockMove || o == prog.BulkDrain
		})
	},
	Preserve: func(ru *rule, _ *prog.Row) bool { return ru.promise == moves },
	Overlap:  (*rule).placed,
	Null:     func(ru *rule, _ *prog.Row) bool { return ru.makesRoom() || ru.promise == fits },
	Mapped:   (*rule).placed,
	Owner: func(ru *rule, _ *prog.Row) bool {
		return ru.promise == sweepHeap || ru.promise == owns || ru.promise == tellsHeap ||
			ru.promise == visits
	},
	GoodSize: func(ru *rule, _ *prog.Row) bool {
		return ru.promise == rounds || ru.promise == gives && ru.alignAt < 0 && !ru.pageAligned
	},
	Arena: func(ru *rule, _ *prog.Row) bool {
		return ru.makesRoom() || ru.promise == newArena || ru.promise == tellsArea
	},
	OSTrace:   everywhere,
	Stats:     nowhere,
	State:     nowhere,
	Teardown:  nowhere,
	Pristine:  nowhere,
	Invariant: nowhere,
}

func everywhere(*rule, *prog.Row) bool { return true }

func nowhere(*rule, *prog.Row) bool { return false }

// makesRoom tells whether an operation gives the address of memory that is the program's.
func (r *rule) makesRoom() bool {
	return r.promise == gives || r.promise == moves || r.promise == newHeap
}

func (r *rule) placed(*prog.Row) bool { return r.makesRoom() }

// Looks counts the results that each oracle has judged so far, over all runs, by Oracle.
func (e *Engine) Looks() (n [numOracles]uint64) {
	for o := NoOracle + 1; o < numOracles; o++ {
		n[o] = e.looked[o]
		for k, count := range e.counts {
			if looks[o](&rules[k], &prog.Table[k]) {
				n[o] += count
			}
		}
	}
	return n
}

// lookedAt counts what the flags of the steps of a run had oracles look at.
func (e *Engine) lookedAt(steps []prog.Step) {
	if prog.Asserts(e.profile) {
		e.looked[Assertion] += uint64(len(steps))
	}
	for i := range steps {
		if steps[i].Flags&FlagState != 0 {
			e.looked[State]++
			e.looked[Stats]++
		}
		if steps[i].Flags&FlagVerify != 0 {
			e.looked[Contents]++
		}
		if steps[i].Flags&FlagInvariants != 0 {
			e.looked[Invariant]++
		}
	}
}
