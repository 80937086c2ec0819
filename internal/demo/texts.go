package demo

import (
	_ "embed"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"gezhi/internal/casework"
)

//go:embed texts.yaml
var textsYAML []byte

// texts are the made-up sentences of the demonstration, as texts.yaml holds them.
type texts struct {
	Shares    map[string]int `yaml:"shares"`
	Matters   map[string]saying
	Otherwise saying
	Places    struct{ Urban, Rural []string }
	Notes     map[string][]string

	codes   []string // of Matters, in order
	weights []int    // beside codes, per mille of all reports
}

// saying is what people say about one matter, and what is done about it.
type saying struct {
	Domain string
	Weight int
	Say    []string // title｜text
	Done   []string
}

// readTexts reads the embedded file; it can fail only by a mistake of ours.
func readTexts() (*texts, error) {
	t := &texts{}
	if err := yaml.Unmarshal(textsYAML, t); err != nil {
		return nil, fmt.Errorf("texts.yaml: %w", err)
	}
	shares, within := 0, map[string]int{}
	for _, n := range t.Shares {
		shares += n
	}
	t.codes = slices.Sorted(maps.Keys(t.Matters))
	for _, s := range t.Matters {
		within[s.Domain] += s.Weight
	}
	for _, code := range t.codes {
		s := t.Matters[code]
		if t.Shares[s.Domain] == 0 || s.Weight == 0 || len(s.Say) == 0 || len(s.Done) == 0 {
			return nil, fmt.Errorf("texts.yaml: %s needs a known domain, a weight, say and done", code)
		}
		t.weights = append(t.weights, max(1, 1000*t.Shares[s.Domain]/shares*s.Weight/within[s.Domain]))
	}
	return t, nil
}

// matter picks what a report is about. One in twelve is any matter of the list, however rare.
func (t *texts) matter(r *rand.Rand, all []casework.Matter) string {
	if r.IntN(12) == 0 {
		return all[r.IntN(len(all))].Code
	}
	return t.codes[weighted(r, t.weights)]
}

// report is the title and text of a report about the matter.
func (t *texts) report(r *rand.Rand, m casework.Matter, place string) (title, text string) {
	s, ok := t.Matters[m.Code]
	if !ok {
		s = t.Otherwise
	}
	line := strings.NewReplacer("〔地点〕", place, "〔事项〕", m.Name.ZH).Replace(pick(r, s.Say))
	title, text, _ = strings.Cut(line, "｜")
	return title, text
}

// result is what was done about a matter.
func (t *texts) result(r *rand.Rand, code string) string {
	s, ok := t.Matters[code]
	if !ok {
		s = t.Otherwise
	}
	return pick(r, s.Done)
}

// note is a sentence for the occasion.
func (t *texts) note(r *rand.Rand, occasion string) string { return pick(r, t.Notes[occasion]) }

func pick[T any](r *rand.Rand, from []T) T { return from[r.IntN(len(from))] }

// weighted picks an index with a chance proportional to its weight.
func weighted(r *rand.Rand, weights []int) int {
	sum := 0
	for _, w := range weights {
		sum += w
	}
	n := r.IntN(sum)
	for i, w := range weights {
		if n -= w; n < 0 {
			return i
		}
	}
	return len(weights) - 1
}
