package points

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

func TestRingsFindsWhoApprovesForWhom(t *testing.T) {
	day := func(n int) time.Time { return time.Date(2026, 3, n, 10, 0, 0, 0, time.UTC) }
	got := Rings([]Approval{
		{By: 1, For: 2, Times: 3, Last: day(1)}, {By: 2, For: 1, Times: 2, Last: day(9)}, // a pair
		{By: 2, For: 3, Times: 40, Last: day(20)},                                                                                 // who does nothing in return
		{By: 5, For: 6, Times: 1, Last: day(2)}, {By: 6, For: 7, Times: 1, Last: day(3)}, {By: 7, For: 5, Times: 1, Last: day(1)}, // a circle
		{By: 8, For: 8, Times: 9, Last: day(4)}, {By: 0, For: 9, Times: 9, Last: day(4)}, {By: 9, For: 0, Times: 9, Last: day(4)}, // no people, no ring
	})
	want := []Ring{{[]Person{1, 2}, 5, day(9)}, {[]Person{5, 6, 7}, 3, day(3)}}
	if !slices.EqualFunc(got, want, func(x, y Ring) bool {
		return slices.Equal(x.People, y.People) && x.Approvals == y.Approvals && x.Last.Equal(y.Last)
	}) {
		t.Errorf("got %v, want %v", got, want)
	}
	if len(Rings(nil)) != 0 {
		t.Error("nobody forms a ring")
	}
}

// TestRingsAgreeWithReachability compares with who can be reached from whom, worked out by closing the relation.
func TestRingsAgreeWithReachability(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 11))
	found := 0
	for range 2000 {
		n := 2 + r.IntN(9)
		var list []Approval
		var reach [12][12]bool
		for range r.IntN(2 * n) {
			a := Approval{By: Person(1 + r.IntN(n)), For: Person(1 + r.IntN(n)), Times: 1 + r.IntN(3)}
			list = append(list, a)
			reach[a.By][a.For] = true
		}
		for k := range reach {
			for i := range reach {
				for j := range reach {
					reach[i][j] = reach[i][j] || reach[i][k] && reach[k][j]
				}
			}
		}
		ringOf := map[Person]int{}
		for i, ring := range Rings(list) {
			for _, p := range ring.People {
				ringOf[p] = i + 1
			}
			sum := 0
			for _, a := range list {
				if a.By != a.For && slices.Contains(ring.People, a.By) && slices.Contains(ring.People, a.For) {
					sum += a.Times
				}
			}
			if sum != ring.Approvals {
				t.Fatalf("%v: ring %v counts %d approvals, there are %d", list, ring.People, ring.Approvals, sum)
			}
			found++
		}
		for i := 1; i <= n; i++ {
			for j := 1; j <= n; j++ {
				together := ringOf[Person(i)] != 0 && ringOf[Person(i)] == ringOf[Person(j)]
				if i != j && together != (reach[i][j] && reach[j][i]) {
					t.Fatalf("%v: %d and %d together is %v", list, i, j, together)
				}
			}
		}
	}
	if found < 500 {
		t.Fatalf("only %d rings were tried", found)
	}
}
