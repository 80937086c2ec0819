package rules_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"gezhi/bench/chance"
	"gezhi/internal/fault"
	"gezhi/internal/rules"
)

// BenchmarkReport answers what another threshold, or another amount, of one of 100 items would change.
func BenchmarkReport(b *testing.B) {
	day, _ := rules.ParseDay("2026-06-01")
	for _, n := range []int{40_000, 1 << 20} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			rng := rand.New(rand.NewPCG(5, 2026))
			book, err := chance.Book(rng, 100)
			if err != nil {
				b.Fatal(fault.Fields(err))
			}
			amount := &rules.Expr{Kind: rules.Least, Args: []*rules.Expr{{Kind: rules.Part, Num: &rules.Operand{N: 6000, Param: -1}, Den: 10_000,
				Args: []*rules.Expr{{Kind: rules.FieldValue, Field: book.Field("unemployment_paid")}}}, {Kind: rules.Const, N: &rules.Operand{N: 500_000_00, Param: -1}}}}
			// Most enterprises have an amount worked out before and after: the item asks for little.
			book.Items[0].When = &rules.Cond{Kind: rules.Any, Kids: []*rules.Cond{staffed(book, 0), staffed(book, 10)}}
			book.Items[0].Amount = amount
			m := rules.NewMatrix(book.AsOf(day), chance.Table(rng, book, day, n, 20))
			var took []time.Duration
			for i := 0; b.Loop(); i++ {
				draft := *book.Items[0]
				draft.When = &rules.Cond{Kind: rules.Any, Kids: []*rules.Cond{staffed(book, int64(i%100)), staffed(book, 10)}}
				draft.Amount = &rules.Expr{Kind: rules.Least, Args: []*rules.Expr{amount.Args[0], {Kind: rules.Const, N: &rules.Operand{N: int64(i) * 100_00, Param: -1}}}}
				began := time.Now()
				if _, err := m.Report(0, &draft); err != nil {
					b.Fatal(err)
				}
				took = append(took, time.Since(began))
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
		})
	}
}

func staffed(b *rules.Book, n int64) *rules.Cond {
	return &rules.Cond{Kind: rules.Test, Test: rules.Predicate{Verb: rules.Between, Field: b.Field("staff"), Of: -1, Low: &rules.Operand{N: n, Param: -1}}}
}
