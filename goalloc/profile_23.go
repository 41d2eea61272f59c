// Profile 2.3 as data. See doc.go for an overview.

package goalloc

// Profile23 is mimalloc 2.3.1, release build, on 64-bit Linux.
//
// Counterpart: none, the version itself.
func Profile23() *Profile {
	return &Profile{
		Name:    "2.3",
		Options: defaultOptions23,
		Quirks:  quirks23,

		optionNames: &optionNames23,

		objSmallMax:    sliceSize / 8,
		objMediumMax:   sliceSize,
		objLargeMax:    segmentSize / 2,
		mediumPage:     8 * sliceSize,
		sizeMost:       sliceSize * (1<<32 - 2),
		alignGuarantee: sliceSize,
		extendBytes:    extendBytes20,
		extendMin:      4,
		minimalCommit:  sliceSize,
		retireSmall:    16,
		retireMedium:   4,
		random:         true,
		hints:          true,

		threadDataKept: threadDataKept23,
		collectTries:   collectTries20,
		partBytes:      partBytes23,

		refHeapBytes:       refHeapBytes23,
		refThreadDataBytes: refThreadDataBytes23,
		refPageBytes:       96,
		refRandomOffset:    56,

		pages:        bestFit{},
		requests:     requests23{},
		frees:        frees23{},
		heaps:        heaps23{},
		sweeps:       sweeps23{},
		counts:       counts23{},
		huge:         ownedHuge{},
		reclaim:      shareReclaim{},
		purge:        purgesParts{},
		admin:        everyHundred{},
		owner:        markedOwner{},
		arena:        reservedArenas{},
		region:       mapOfParts{},
		newSource:    func() segmentSource { return &reservedSource{} },
		newAbandoned: func() abandonStore { return &abandonedMarks{} },
	}
}

// Profile23Abandon is mimalloc 2.3.1 built with MI_HUGE_PAGE_ABANDON, as 2.0-abandon is of 2.0. Its source does not
// compile so: two lines are mended. corpus/known/README.md has them.
//
// Counterpart: none, a build.
func Profile23Abandon() *Profile {
	p := Profile23()
	p.Name, p.huge = "2.3-abandon", abandonedHuge{}
	p.Quirks |= HugeUnowned | FreeUnstarted | EndedRestarts
	return p
}
