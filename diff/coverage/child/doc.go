// Command child runs the corpus and prints what ran of the C library. It is empty without the build tag ccover.
package main
