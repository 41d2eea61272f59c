// Errors of the text form. See doc.go for an overview.

package prog

import "fmt"

// Error says what is wrong with a text, where, and what was expected there.
type Error struct {
	Name string // the file
	Line int    // from 1
	Col  int    // from 1, in bytes
	Msg  string
}

// Error gives "name:line:column: message".
func (e *Error) Error() string { return fmt.Sprintf("%s:%d:%d: %s", e.Name, e.Line, e.Col, e.Msg) }
