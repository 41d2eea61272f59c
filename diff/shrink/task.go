// The loop: passes are repeated until none finds anything. See doc.go for an overview.

package shrink

import "context"

// Task is what is to be made smaller, and how.
type Task[T any] struct {
	// Less is a strict total order on inputs with different keys; there must be no infinite descent.
	Less func(a, b T) bool
	// Key names an input: two with the same key are the same.
	Key func(T) string
	// Test tells whether a candidate still fails in the same way. An error ends the run.
	Test func(context.Context, T) (bool, error)
	// Tested remembers what tests said, by key; nil begins anew. Runs that share it test nothing twice.
	Tested map[string]bool
	// Passes are tried in order, again and again.
	Passes []Pass[T]
	// MaxTests bounds the tests; 0 for no bound.
	MaxTests int
	// Progress is told after every test; nil for nobody.
	Progress func(Stats, T)
}

// Pass is one way to make inputs smaller. Run offers candidates to the cursor and returns when it has
// no more, or when Cursor.Done says so.
type Pass[T any] struct {
	Name string
	Run  func(*Cursor[T])
}

// Stats counts what a run has done so far.
type Stats struct {
	Pass       string // the pass at work
	Rounds     int    // times that all passes have been begun
	Tested     int    // candidates tested
	Accepted   int    // candidates that still failed, and were smaller
	Remembered int    // candidates not tested, since they had been before
	Stopped    bool   // by the context or MaxTests, before nothing more was found
}

// Plus counts what a run did after another.
func (s Stats) Plus(next Stats) Stats {
	next.Rounds += s.Rounds
	next.Tested += s.Tested
	next.Accepted += s.Accepted
	next.Remembered += s.Remembered
	return next
}

// Cursor stands on the best input found so far.
type Cursor[T any] struct {
	task  *Task[T]
	ctx   context.Context
	best  T
	stats Stats
	err   error
}

// Run makes start smaller, which must fail. The error is the test's; the best so far comes with it.
func Run[T any](ctx context.Context, task *Task[T], start T) (T, Stats, error) {
	if task.Tested == nil {
		task.Tested = map[string]bool{}
	}
	task.Tested[task.Key(start)] = true
	c := &Cursor[T]{task: task, ctx: ctx, best: start}
	for before := -1; before != c.stats.Accepted && !c.Done(); {
		before = c.stats.Accepted
		c.stats.Rounds++
		for i := range task.Passes {
			c.stats.Pass = task.Passes[i].Name
			task.Passes[i].Run(c)
			if c.Done() {
				break
			}
		}
	}
	c.stats.Stopped = c.err == nil && c.Done()
	return c.best, c.stats, c.err
}

// Best is the smallest input found so far.
func (c *Cursor[T]) Best() T { return c.best }

// Done tells a pass to return: the run was stopped, or a test could not be made.
func (c *Cursor[T]) Done() bool {
	full := c.task.MaxTests > 0 && c.stats.Tested >= c.task.MaxTests
	return full || c.err != nil || c.ctx.Err() != nil
}

// Try offers a candidate. If it is smaller than the best and still fails, it becomes the best.
func (c *Cursor[T]) Try(candidate T) bool {
	if c.Done() || !c.task.Less(candidate, c.best) {
		return false
	}
	key := c.task.Key(candidate)
	fails, known := c.task.Tested[key]
	if known {
		c.stats.Remembered++
	} else {
		var err error
		if fails, err = c.task.Test(c.ctx, candidate); err != nil || c.ctx.Err() != nil {
			if c.ctx.Err() == nil { // a test that was cut short says nothing
				c.err = err
			}
			return false
		}
		c.task.Tested[key] = fails
		c.stats.Tested++
	}
	if fails {
		c.stats.Accepted++
		c.best = candidate
	}
	if c.task.Progress != nil && !known {
		c.task.Progress(c.stats, c.best)
	}
	return fails
}
