// Bench prints what was measured against what is budgeted, in one table. Whoever doubts a number runs it:
//
//	go run ./bench                    everything, over 5 million cases (made once, kept in bench/cache)
//	go run ./bench -cases 200000      quicker
//	go run ./bench -only move         one part: limits, move, transfers, locate, pages, procedures, trial, rules, start
package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"math"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"runtime/pprof"
	"slices"
	"strings"
	"syscall"
	"text/tabwriter"
	"time"
)

// bench is one run.
type bench struct {
	cases  int
	dir    string        // of the cached databases
	span   time.Duration // each loop runs for
	n      int           // requests per line
	like   string
	engine string // of the transfers
	out    *tabwriter.Writer
}

func main() {
	b := bench{dir: filepath.Join("bench", "cache"), out: tabwriter.NewWriter(os.Stdout, 2, 8, 2, ' ', 0)}
	only := flag.String("only", "", "run one part: limits, move, transfers, locate, pages, procedures, trial, rules, profiles, start")
	flag.IntVar(&b.cases, "cases", 5_000_000, "cases in the large database")
	flag.DurationVar(&b.span, "for", 5*time.Second, "how long each loop of moves runs")
	flag.StringVar(&b.like, "like", "", "of the pages, only those whose name contains this; of the transfers, only: single, batch, statement, lapse")
	flag.StringVar(&b.engine, "engine", "", "of the transfers, only: sqlite, postgres")
	flag.IntVar(&b.n, "n", 500, "requests per line")
	profile := flag.String("cpuprofile", "", "write a CPU profile to this file")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	if err := b.profiled(ctx, *only, *profile); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// profiled is run under the profiler when a file is named.
func (b *bench) profiled(ctx context.Context, only, file string) error {
	if file == "" {
		return b.run(ctx, only)
	}
	f, err := os.Create(file)
	if err != nil {
		return err
	}
	if err := pprof.StartCPUProfile(f); err != nil {
		return err
	}
	err = b.run(ctx, only)
	pprof.StopCPUProfile()
	return errors.Join(err, f.Close())
}

func (b *bench) run(ctx context.Context, only string) error {
	fmt.Println(machine())
	fmt.Fprintln(b.out, "work\tmeasured\tbudget\tratio\tverdict\tload")
	defer b.out.Flush()
	known := false
	for _, part := range []struct {
		name string
		run  func(context.Context) error
	}{{"limits", b.limits}, {"move", b.moves}, {"transfers", b.transfers}, {"locate", b.locate}, {"pages", b.pages}, {"procedures", b.procedures}, {"trial", b.trial}, {"rules", b.rules}, {"profiles", b.profiles}, {"start", b.start}} {
		if only != "" && only != part.name {
			continue
		}
		known = true
		if err := part.run(ctx); err != nil {
			return fmt.Errorf("%s: %w", part.name, err)
		}
		b.out.Flush()
	}
	if !known {
		return fmt.Errorf("there is no part %q", only)
	}
	return nil
}

// machine is what the numbers depend on.
func machine() string {
	model := "unknown CPU"
	if f, err := os.Open("/proc/cpuinfo"); err == nil {
		defer f.Close()
		for s := bufio.NewScanner(f); s.Scan(); {
			if name, value, ok := strings.Cut(s.Text(), ":"); ok && strings.TrimSpace(name) == "model name" {
				model = strings.TrimSpace(value)
				break
			}
		}
	}
	commit, _ := exec.Command("git", "rev-parse", "--short", "HEAD").Output()
	kernel, _ := os.ReadFile("/proc/sys/kernel/osrelease")
	return fmt.Sprintf("%s · commit %s · %s · %d cores, %s · Linux %s · load %s", time.Now().Format("2006-01-02 15:04"),
		strings.TrimSpace(string(commit)), runtime.Version(), runtime.NumCPU(), model, strings.TrimSpace(string(kernel)), load())
}

// load is the load average over the last minute.
func load() string {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "?"
	}
	one, _, _ := strings.Cut(string(text), " ")
	return one
}

// fact prints a line without a budget.
func (b *bench) fact(work, measured string) {
	fmt.Fprintf(b.out, "%s\t%s\t\t\t\t%s\n", work, measured, load())
}

// atLeast prints a rate: more is better. A ratio of 1 or more meets the budget.
func (b *bench) atLeast(work string, rate, budget float64, unit, more string) {
	b.line(work, fmt.Sprintf("%.0f %s%s", rate, unit, more), fmt.Sprintf("≥ %.0f %s", budget, unit), rate/budget)
}

// within prints a time: less is better.
func (b *bench) within(work string, took, budget time.Duration, more string) {
	b.line(work, round(took)+more, "< "+budget.String(), float64(budget)/math.Max(float64(took), 1))
}

func (b *bench) line(work, measured, budget string, ratio float64) {
	verdict := "met"
	if ratio < 1 {
		verdict = "MISSED"
	}
	fmt.Fprintf(b.out, "%s\t%s\t%s\t%.2f\t%s\t%s\n", work, measured, budget, ratio, verdict, load())
}

func round(d time.Duration) string {
	switch {
	case d < 10*time.Microsecond:
		return d.String()
	case d < time.Millisecond:
		return d.Round(time.Microsecond).String()
	case d < time.Second:
		return d.Round(100 * time.Microsecond).String()
	}
	return d.Round(10 * time.Millisecond).String()
}

// percentile is the p-th of the durations, which it sorts.
func percentile(took []time.Duration, p int) time.Duration {
	if len(took) == 0 {
		return 0
	}
	slices.Sort(took)
	return took[min(len(took)*p/100, len(took)-1)]
}

// cpu is the processor time this process has used. On a machine that others use too it says more
// than the clock on the wall.
func cpu() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
