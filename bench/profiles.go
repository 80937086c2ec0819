package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"time"

	"gezhi/bench/chance"
	"gezhi/internal/idcode"
	"gezhi/internal/policy"
	"gezhi/internal/store"
)

// profiles reads the profiles of 262,144 enterprises from SQLite into columns. Every field that ships has a value, but for a fifth of them; codes are
// of 1,400 kinds, about as many as industries have; the file is in the system's cache.
func (b *bench) profiles(ctx context.Context) error {
	const many, batch = 1 << 18, 1 << 14
	dir, err := os.MkdirTemp("", "gezhi-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	p, err := b.openPayer(ctx, "sqlite:"+filepath.Join(dir, "p.db"), 0)
	if err != nil {
		return err
	}
	defer p.db.Close()
	z, err := p.app.Zone(ctx, zone)
	if err != nil {
		return err
	}
	book, day := z.Policies, int64(20_000)
	rng := rand.New(rand.NewPCG(6, 2026))
	values := 0
	var writing time.Duration
	for from := 0; from < many; from += batch {
		table := chance.Table(rng, book, day, batch, 20, 1400)
		all := make([]store.NewStatement, batch)
		for row := range all {
			n := from + row
			s := store.NewStatement{Code: idcode.CompleteUSCC(fmt.Sprintf("91000000MA%07d", n)), Name: fmt.Sprintf("示例企业%d", n), Example: true,
				Statement: policy.Statement{Source: "示例", AsOf: day, Values: policy.Values{}}}
			for i, v := range table.Profile(row).Values {
				if v.Known {
					s.Values[book.Fields[i].ID] = policy.Text(book.Fields[i], v)
				}
			}
			values += len(s.Values)
			all[row] = s
		}
		began := time.Now()
		if err := p.db.InTx(ctx, zone, func(tx *store.Tx) error { return tx.AddStatements(all) }); err != nil {
			return err
		}
		writing += time.Since(began)
	}
	var took []time.Duration
	for range 5 {
		began := time.Now()
		if err := p.db.View(ctx, zone, func(r *store.Reader) error {
			_, err := policy.Load(book, many, r.EachProfilePage)
			return err
		}); err != nil {
			return err
		}
		took = append(took, time.Since(began))
	}
	b.fact("profiles written, waiting for no disk", fmt.Sprintf("%.0f enterprises/s, %d values each", many/writing.Seconds(), values/many))
	b.atLeast("profiles read from SQLite into columns", many/percentile(took, 50).Seconds(), 1e6, "enterprises/s", "")
	return nil
}
