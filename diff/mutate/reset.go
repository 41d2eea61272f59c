// Options and faults. See doc.go for an overview.

package mutate

import (
	"slices"

	"midiff/diff/prog"
)

// resetHeader changes, adds or drops an option or a fault, as far as programs may have them.
func (e *edit) resetHeader(header *prog.Program) {
	header.Options, header.Faults = slices.Clone(header.Options), slices.Clone(header.Faults)
	switch {
	case e.cfg.Options && (!e.cfg.Faults || e.oneIn(2)):
		e.resetOption(header)
	case e.cfg.Faults:
		e.resetFault(header)
	}
}

func (e *edit) resetOption(header *prog.Program) {
	option := pick(e, prog.OptionsOf(header.Profile))
	o := prog.Option{Name: prog.OptionNames[option], Value: pick(e, prog.OptionValues(int(option)))}
	at := slices.IndexFunc(header.Options, func(has prog.Option) bool { return has.Name == o.Name })
	switch {
	case len(header.Options) > 0 && e.oneIn(3):
		i := e.IntN(len(header.Options))
		header.Options = slices.Delete(header.Options, i, i+1)
	case at < 0:
		header.Options = append(header.Options, o)
	default:
		header.Options[at] = o
	}
}

// lateFault is the highest number of a call that is made to fail.
const lateFault = 40

var errnos = []prog.Errno{prog.Enomem, prog.Einval, prog.Eagain, prog.Eacces, prog.Enosys}

func (e *edit) resetFault(header *prog.Program) {
	f := prog.Fault{Call: prog.FaultCall(e.IntN(prog.FaultCalls)), Sticky: e.oneIn(4), Errno: pick(e, errnos),
		N: uint32(1 + e.IntN(1+e.IntN(lateFault)))}
	if len(header.Faults) == 0 || e.oneIn(3) {
		header.Faults = append(header.Faults, f)
		return
	}
	i := e.IntN(len(header.Faults))
	switch has := &header.Faults[i]; e.IntN(4) {
	case 0:
		header.Faults = slices.Delete(header.Faults, i, i+1)
	case 1:
		has.N = max(1, has.N+uint32(e.IntN(3))-1)
	case 2:
		has.Sticky = !has.Sticky
	case 3:
		has.Errno = f.Errno
	}
}
