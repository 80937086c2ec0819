// Package chance makes policy items and profiles to measure on. They are made up.
package chance

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"strings"

	"gezhi/internal/fault"
	"gezhi/internal/rules"
	"gezhi/packs"
)

// Book puts items together from tests of the fields that ship.
func Book(rng *rand.Rand, items int) (*rules.Book, error) {
	src, err := fs.ReadFile(packs.FS, "common/policies.yaml")
	if err != nil {
		return nil, err
	}
	shipped, err := rules.Parse("policies.yaml", src)
	if err != nil {
		return nil, err
	}
	var out strings.Builder
	fields, _, _ := strings.Cut(string(src), "\nparams:")
	out.WriteString(fields[strings.Index(fields, "\nfields:"):])
	out.WriteString("\nitems:\n")
	for i := range items {
		fmt.Fprintf(&out, "  - {id: item-%d, name: {zh: 示例, en: Example}, basis: 示例, way: grant, from: 2020-01-01, amount: {share: {field: unemployment_paid}, rate: 60%%}, when: {all: [", i)
		for range 3 + rng.IntN(5) {
			switch rng.IntN(6) {
			case 0:
				fmt.Fprintf(&out, "{any: [%s, %s]}, ", test(rng, shipped), test(rng, shipped))
			case 1:
				fmt.Fprintf(&out, "{not: %s}, ", test(rng, shipped))
			default:
				out.WriteString(test(rng, shipped) + ", ")
			}
		}
		out.WriteString("]}}\n")
	}
	b, err := rules.Parse("chance.yaml", []byte(out.String()))
	if list := fault.Fields(err); len(list) > 0 {
		return nil, errors.New(list[0].Field + " " + list[0].EN)
	}
	return b, err
}

func test(rng *rand.Rand, b *rules.Book) string {
	f := b.Fields[rng.IntN(len(b.Fields))]
	most := rng.IntN(2) == 0
	bound := func(value string) string {
		if most {
			return fmt.Sprintf("{field: %s, at_most: %s}", f.ID, value)
		}
		return fmt.Sprintf("{field: %s, at_least: %s}", f.ID, value)
	}
	switch f.Kind {
	case rules.Count:
		return bound(fmt.Sprint(10 * (1 + rng.IntN(30))))
	case rules.Money:
		if rng.IntN(4) == 0 {
			return fmt.Sprintf("{field: rd_3y, of: sales_3y, at_least: %d%%}", 1+rng.IntN(12))
		}
		return bound(fmt.Sprint(100*(1+rng.IntN(20)), "万元"))
	case rules.Rate:
		return bound(fmt.Sprint(5*(1+rng.IntN(19)), "%"))
	case rules.Day:
		return fmt.Sprintf("{field: %s, months_ago: %d}", f.ID, 6*(1+rng.IntN(10)))
	case rules.Flag:
		return fmt.Sprintf("{field: %s, is: no}", f.ID)
	case rules.Choice:
		return fmt.Sprintf("{field: %s, in: [%s, %s]}", f.ID, f.Choices[0].ID, f.Choices[1+rng.IntN(len(f.Choices)-1)].ID)
	case rules.Set:
		return fmt.Sprintf("{not: {field: %s, has: [%s]}}", f.ID, f.Choices[rng.IntN(len(f.Choices))].ID)
	}
	return fmt.Sprintf("{field: %s, under: [%c%d]}", f.ID, 'A'+rune(rng.IntN(20)), 1+rng.IntN(9))
}

// Table fills profiles by chance; of so many in a hundred values nothing is known. A field of codes has up to so many different ones, at most
// 10,000 for each letter from A to T.
func Table(rng *rand.Rand, b *rules.Book, day int64, enterprises, unknown, codes int) *rules.Table {
	t := rules.NewTable(b.Fields, enterprises)
	for f, field := range b.Fields {
		if field.Kind == rules.Code {
			list := make([]string, enterprises)
			for i := range list {
				if rng.IntN(100) >= unknown {
					list[i] = fmt.Sprintf("%c%04d", 'A'+rune(rng.IntN(20)), rng.IntN(codes/20))
				}
			}
			t.SetCodes(f, list)
			continue
		}
		known, numbers := make([]uint64, (enterprises+63)/64), make([]int64, enterprises)
		for row := range enterprises {
			if rng.IntN(100) < unknown {
				continue
			}
			known[row/64] |= 1 << (row % 64)
			n := &numbers[row]
			switch field.Kind {
			case rules.Count:
				*n = rng.Int64N(300)
			case rules.Money:
				*n = rng.Int64N(2500_0000_00)
			case rules.Rate:
				*n = rng.Int64N(10_000)
			case rules.Day:
				*n = day - rng.Int64N(2000)
			case rules.Flag:
				*n = rng.Int64N(2)
			case rules.Choice:
				*n = rng.Int64N(int64(len(field.Choices)))
			case rules.Set:
				*n = rng.Int64N(1 << len(field.Choices))
			}
		}
		t.SetNumbers(f, 0, known, numbers)
	}
	return t
}
