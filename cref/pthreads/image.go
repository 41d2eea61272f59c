// Jobs as files, for the standalone program. See doc.go for an overview.

package pthreads

import "unsafe"

// Image gives the job as main.c reads it: the head and the tables, one behind the other, as they lie in
// memory. It is for a program that was just built from the same headers, and has no version.
func (j *Job) Image() []byte {
	head, stitches, settings := j.parts()
	b := unsafe.Slice((*byte)(unsafe.Pointer(&head)), unsafe.Sizeof(head))
	b = append(b[:len(b):len(b)], bytesOf(stitches)...)
	b = append(b, bytesOf(j.Waits)...)
	b = append(b, bytesOf(j.Drops)...)
	return append(b, bytesOf(settings)...)
}

func bytesOf[T any](s []T) []byte {
	var one T
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(s))), uintptr(len(s))*unsafe.Sizeof(one))
}
