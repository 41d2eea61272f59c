// Package page shows a run: as one self-contained HTML page, the program with a slider and beside it both
// heaps after each step, with what differs marked; or one moment of it as text for a terminal.
//
// run.go runs the program and takes every step in; heap.go reads the picture of a heap out of the state's
// words, handles.go knows which handles of the program lie where. page.go puts the page together; page.html,
// page.css and page.js are what the browser gets, in one file, without the network. terminal.go writes the
// text.
package page
