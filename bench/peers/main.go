// Peers decides the same items for the same enterprises with Gezhi's rules, with CEL and with Expr, in one run on one core, and prints ratios.
// It is a module of its own, so that what it compares with is no dependency of the product:
//
//	go run -C bench/peers .
//
// Every value is known here: the peers have no third answer. All engines must count the same.
package main

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"cel.dev/cel-go/cel"
	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/vm"

	"gezhi/bench/chance"
	"gezhi/internal/rules"
)

func main() {
	enterprises := flag.Int("enterprises", 20_000, "how many")
	items := flag.Int("items", 500, "how many")
	flag.Parse()
	if err := run(*enterprises, *items); err != nil {
		fmt.Fprintln(os.Stderr, "peers:", err)
		os.Exit(1)
	}
}

func run(enterprises, items int) error {
	runtime.GOMAXPROCS(1)
	rng := rand.New(rand.NewPCG(5, 2026))
	book, err := chance.Book(rng, items)
	if err != nil {
		return err
	}
	day, err := rules.ParseDay("2026-06-01")
	if err != nil {
		return err
	}
	table := chance.Table(rng, book, day, enterprises, 0, 200_000)
	plan := book.AsOf(day)
	profiles := make([]rules.Profile, enterprises)
	vars := make([]map[string]any, enterprises)
	for row := range profiles {
		profiles[row] = table.Profile(row)
		vars[row] = map[string]any{}
		for i, f := range book.Fields {
			if v := profiles[row].Values[i]; f.Kind == rules.Code {
				vars[row][f.ID] = v.Code
			} else {
				vars[row][f.ID] = v.N
			}
		}
	}
	texts := func(begins string) []string {
		out := make([]string, items)
		for i, x := range book.Items {
			out[i] = words(plan, x.When, begins)
		}
		return out
	}
	var want []int
	var first time.Duration
	for _, e := range []struct {
		name string
		run  func() ([]int, error)
	}{
		{"Gezhi, bitmaps", func() ([]int, error) {
			out := make([]int, items)
			for i, t := range rules.NewMatrix(plan, table).Evaluate() {
				out[i] = t.Eligible
			}
			return out, nil
		}},
		{"Gezhi, closures", func() ([]int, error) {
			out := make([]int, items)
			for _, p := range profiles {
				for i := range out {
					if plan.State(i, p) == rules.Eligible {
						out[i]++
					}
				}
			}
			return out, nil
		}},
		{"expr-lang", func() ([]int, error) { return byExpr(texts("%s startsWith %q"), vars) }},
		{"cel-go", func() ([]int, error) { return byCEL(book, texts("%s.startsWith(%q)"), vars) }},
	} {
		began := time.Now()
		got, err := e.run()
		took := time.Since(began)
		if err != nil {
			return fmt.Errorf("%s: %w", e.name, err)
		}
		if want == nil {
			want, first = got, took
		}
		if !slices.Equal(got, want) {
			return fmt.Errorf("%s counts otherwise than the first", e.name)
		}
		fmt.Printf("%-16s %10s  %8.1f ns a pair  %8.1f × the first\n", e.name, took.Round(time.Millisecond), float64(took.Nanoseconds())/float64(enterprises*items), float64(took)/float64(first))
	}
	return nil
}

// words is a condition in what both languages have in common; begins is how a language asks for the beginning of a text.
func words(p *rules.Plan, c *rules.Cond, begins string) string {
	var kids []string
	for _, k := range c.Kids {
		kids = append(kids, words(p, k, begins))
	}
	switch c.Kind {
	case rules.All:
		return "(" + strings.Join(kids, " && ") + ")"
	case rules.Any:
		return "(" + strings.Join(kids, " || ") + ")"
	case rules.Not:
		return "!" + kids[0]
	}
	return "(" + test(p, c.Test, begins) + ")"
}

func test(p *rules.Plan, t rules.Predicate, begins string) string {
	f := p.Book.Fields[t.Field]
	var out []string
	switch t.Verb {
	case rules.Share:
		of := p.Book.Fields[t.Of].ID
		if t.Low != nil {
			out = append(out, fmt.Sprintf("%s * 10000 >= %s * %d", f.ID, of, t.Low.N))
		}
		if t.High != nil {
			out = append(out, fmt.Sprintf("%s * 10000 <= %s * %d", f.ID, of, t.High.N))
		}
	case rules.MonthsAgo:
		at := time.Unix(p.AsOf*86400, 0).UTC().AddDate(0, -int(t.Low.N), 0)
		return fmt.Sprintf("%s <= %d", f.ID, at.Unix()/86400)
	case rules.Under:
		for _, code := range t.Codes {
			out = append(out, fmt.Sprintf(begins, f.ID, code))
		}
		return strings.Join(out, " || ")
	case rules.OneOf:
		for n := range int64(1) << len(f.Choices) {
			if f.Kind == rules.Set && uint64(n)&t.Mask != 0 || f.Kind == rules.Choice && n < int64(len(f.Choices)) && t.Mask>>n&1 == 1 {
				out = append(out, strconv.FormatInt(n, 10))
			}
		}
		return f.ID + " in [" + strings.Join(out, ", ") + "]"
	default:
		if t.Low != nil {
			out = append(out, fmt.Sprintf("%s >= %d", f.ID, t.Low.N))
		}
		if t.High != nil {
			out = append(out, fmt.Sprintf("%s <= %d", f.ID, t.High.N))
		}
	}
	return strings.Join(out, " && ")
}

func byExpr(texts []string, vars []map[string]any) ([]int, error) {
	out := make([]int, len(texts))
	programs := make([]*vm.Program, len(texts))
	for i, text := range texts {
		var err error
		if programs[i], err = expr.Compile(text, expr.Env(vars[0]), expr.AsBool()); err != nil {
			return nil, err
		}
	}
	var machine vm.VM
	for _, v := range vars {
		for i, p := range programs {
			yes, err := machine.Run(p, v)
			if err != nil {
				return nil, err
			}
			if yes.(bool) {
				out[i]++
			}
		}
	}
	return out, nil
}

func byCEL(book *rules.Book, texts []string, vars []map[string]any) ([]int, error) {
	var options []cel.EnvOption
	for _, f := range book.Fields {
		kind := cel.IntType
		if f.Kind == rules.Code {
			kind = cel.StringType
		}
		options = append(options, cel.Variable(f.ID, kind))
	}
	env, err := cel.NewEnv(options...)
	if err != nil {
		return nil, err
	}
	out := make([]int, len(texts))
	programs := make([]cel.Program, len(texts))
	for i, text := range texts {
		ast, issues := env.Compile(text)
		if err := issues.Err(); err != nil {
			return nil, err
		}
		if programs[i], err = env.Program(ast, cel.EvalOptions(cel.OptOptimize)); err != nil {
			return nil, err
		}
	}
	for _, v := range vars {
		for i, p := range programs {
			yes, _, err := p.Eval(v)
			if err != nil {
				return nil, err
			}
			if yes.Value().(bool) {
				out[i]++
			}
		}
	}
	return out, nil
}
