// How the allocator is used. See doc.go for an overview.

package goalloc_test

import (
	"fmt"

	"midiff/goalloc"
)

// A process in memory from Linux: threads allocate, and free each other's blocks. Close gives back all that
// the process has, blocks that nobody freed included.
func Example() {
	p, err := goalloc.New(goalloc.Config{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer p.Close()
	main, other := p.Main(), p.NewThread()
	a := other.Malloc(100)
	copy(goalloc.Bytes(a, 100), "hello")
	fmt.Printf("%s, in %d bytes\n", goalloc.Bytes(a, 5), other.UsableSize(a))
	main.Free(a)
	other.Close()
	main.Collect(true)
	// Output: hello, in 112 bytes
}

// A simulated process runs the same way every time, shows what it asked of the OS, and can be made new.
func ExampleProcess_Calls() {
	p, err := goalloc.New(goalloc.Config{Simulate: true})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer p.Close()
	for range 2 {
		a := p.Main().Malloc(48)
		fmt.Printf("block at base + %#x\n", a-p.Base())
		for _, c := range p.Calls() {
			fmt.Printf("%v %d bytes at base + %#x\n", c.Kind, c.Size, c.Addr)
		}
		if err := p.Reset(); err != nil {
			fmt.Println(err)
		}
	}
	// Output:
	// block at base + 0x10180
	// map 33554432 bytes at base + 0x0
	// block at base + 0x10180
	// map 33554432 bytes at base + 0x0
}
