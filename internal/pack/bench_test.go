package pack

import "testing"

// BenchmarkOpen reads a zone with everything in it, boundaries drawn: what the demo does at its start.
func BenchmarkOpen(b *testing.B) {
	for _, slug := range Embedded() {
		b.Run(slug, func(b *testing.B) {
			for b.Loop() {
				if _, err := Open(slug); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
