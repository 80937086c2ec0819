package target

import (
	"maps"
	"slices"
	"strings"

	"gezhi/internal/fault"
	"gezhi/internal/lang"
	"gezhi/internal/yamldoc"

	"go.yaml.in/yaml/v3"
)

// ParseSets reads and checks rule sets. The error is a fault.List with every mistake found; each one's Field is name:line.
func ParseSets(name string, src []byte) (Sets, error) {
	r := &reader{Reader: yamldoc.Reader{File: name, Lines: map[string]int{}}}
	if doc, ok := r.Document(src); ok {
		r.sets(doc)
	}
	return r.out, r.Err()
}

type reader struct {
	yamldoc.Reader
	out Sets
}

func (r *reader) sets(doc *yaml.Node) {
	r.Mapping(doc, yamldoc.Keys{
		"use":    func(v *yaml.Node) { r.Lines["use"] = v.Line; r.out.Use = r.Word(v) },
		"notice": func(v *yaml.Node) { r.out.Notice = r.Text(v) },
		"sets":   func(v *yaml.Node) { r.Entries(v, "sets", r.set) },
	}, "use", "sets")
	if _, ok := r.out.Find(r.out.Use); !ok && r.OK() {
		r.FailAt(r.Lines["use"], "没有规则“%s”。", "There is no rule set “%s”.", r.out.Use)
	}
}

func (r *reader) set(id string, n *yaml.Node) {
	s := RuleSet{ID: id, Actions: map[Light]lang.Text{}}
	r.Mapping(n, yamldoc.Keys{
		"name":      func(v *yaml.Node) { s.Name = r.Text(v) },
		"source":    func(v *yaml.Node) { s.Source = r.Word(v) },
		"otherwise": func(v *yaml.Node) { s.Otherwise = r.Text(v) },
		"actions": func(v *yaml.Node) {
			r.Mapping(v, yamldoc.Keys{
				string(Green):  func(v *yaml.Node) { s.Actions[Green] = r.Text(v) },
				string(Yellow): func(v *yaml.Node) { s.Actions[Yellow] = r.Text(v) },
				string(Red):    func(v *yaml.Node) { s.Actions[Red] = r.Text(v) },
			})
		},
		"rules": func(v *yaml.Node) { r.Items(v, func(v *yaml.Node) { s.Rules = append(s.Rules, r.rule(v)) }) },
	}, "name", "source", "rules", "otherwise")
	r.covered(s)
	r.out.List = append(r.out.List, s)
}

func (r *reader) rule(n *yaml.Node) Rule {
	x := Rule{line: n.Line}
	r.Mapping(n, yamldoc.Keys{
		"light": func(v *yaml.Node) {
			x.Light = Light(r.OneOf(v, string(Yellow), string(Red), string(Grey), string(Green)))
		},
		"why":  func(v *yaml.Node) { x.Why = r.Text(v) },
		"when": func(v *yaml.Node) { r.Pairs(v, func(k, v *yaml.Node) { r.condition(&x, k, v) }) },
	}, "light", "why", "when")
	if len(x.When) == 0 {
		r.Fail(n, "这一条没有条件（when）。", "This rule has no conditions (when).")
	}
	return x
}

var figures = map[Figure]bool{Reached: true, Short: true, Lag: true, Behind: true, NotStarted: true, NotEntered: true, LackFunds: true, NotAsked: true}

// condition reads figure: {op: number, …}.
func (r *reader) condition(x *Rule, k, v *yaml.Node) {
	f := Figure(k.Value)
	if !figures[f] {
		names := make([]string, 0, len(figures))
		for _, n := range slices.Sorted(maps.Keys(figures)) {
			names = append(names, string(n))
		}
		r.Fail(k, "没有指标“%s”（可用：%s）。", "There is no figure “%s” (there are %s).", k.Value, strings.Join(names, ", "))
		return
	}
	r.Pairs(v, func(k, v *yaml.Node) {
		op := Op(r.OneOf(k, string(Below), string(AtMost), string(AtLeast), string(Above)))
		x.When = append(x.When, Condition{f, op, int64(r.Number(v, 0, 1000))})
	})
}

// covered reports a rule that can never decide: one before it has some of its conditions and no other.
func (r *reader) covered(s RuleSet) {
	for i, x := range s.Rules {
		for _, earlier := range s.Rules[:i] {
			if !slices.ContainsFunc(earlier.When, func(c Condition) bool { return !slices.Contains(x.When, c) }) {
				r.FailAt(x.line, "这一条永远用不上：第 %d 行的规则先成立。", "This rule can never decide: the one on line %d holds first.", earlier.line)
				break
			}
		}
	}
}

// Using is the text of a file of rule sets with another set in use; everything else stays as it is written.
func Using(src []byte, set string) ([]byte, error) {
	lines := strings.Split(string(src), "\n")
	for i, line := range lines {
		if strings.HasPrefix(line, "use:") {
			lines[i] = "use: " + set
		}
	}
	out := []byte(strings.Join(lines, "\n"))
	s, err := ParseSets("lights", out)
	if err == nil && s.Use != set {
		return nil, fault.New(fault.Internal, "", "rule sets have no line that begins with use")
	}
	return out, err
}
