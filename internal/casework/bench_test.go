package casework

import "testing"

// BenchmarkMove is one decision with a clock to stop and another to start: done, handling → feedback.
func BenchmarkMove(b *testing.B) {
	w := newWalk(&testing.T{}, "report", "resident").toHandling()
	cmd, by := done, who("officer")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := w.p.Do(w.c, by, cmd, w.env); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkSign is a decision that leaves the clocks running.
func BenchmarkSign(b *testing.B) {
	w := newWalk(&testing.T{}, "report", "resident")
	w.do("mg_info", verify).do("acceptor", accept).do("shift_leader", file).do("dispatcher", dispatch)
	by := who("officer")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := w.p.Do(w.c, by, sign, w.env); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkRefused is a decision that the table refuses.
func BenchmarkRefused(b *testing.B) {
	w := newWalk(&testing.T{}, "report", "resident").toHandling()
	by := who("officer")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := w.p.Do(w.c, by, closeIt, w.env); err == nil {
			b.Fatal("legal")
		}
	}
}

func BenchmarkOptions(b *testing.B) {
	w := newWalk(&testing.T{}, "report", "resident").toHandling()
	by := who("officer")
	b.ReportAllocs()
	for b.Loop() {
		w.p.Options(w.c, by, w.env)
	}
}
