// Package page draws a run as one self-contained HTML page: the program with a slider, and beside it both
// heaps after each step, with what differs marked.
//
// heap.go reads the picture of a heap out of the state's words; page.go puts programs, results and pictures
// together; page.html, page.css and page.js are what the browser gets, in one file, without the network.
package page
