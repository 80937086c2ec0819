// Package points holds the rules by which contributions earn points (积分规则).
package points

import (
	"bytes"
	"fmt"

	"gezhi/internal/lang"

	"go.yaml.in/yaml/v3"
)

// Rule says what one kind of contribution earns.
type Rule struct {
	ID      string    `yaml:"id"`
	Name    lang.Text `yaml:"name"`
	Points  int64     `yaml:"points"`  // whole points, 1 to 100,000
	Source  string    `yaml:"source"`  // where the value comes from
	Example bool      `yaml:"example"` // an example the operator replaces
}

// ParseRules reads a rules file. Errors name the file and what is wrong.
func ParseRules(name string, src []byte) ([]Rule, error) {
	var file struct {
		Rules []Rule `yaml:"rules"`
	}
	d := yaml.NewDecoder(bytes.NewReader(src))
	d.KnownFields(true)
	if err := d.Decode(&file); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	seen := map[string]bool{}
	for _, r := range file.Rules {
		switch {
		case r.ID == "" || seen[r.ID]:
			return nil, fmt.Errorf("%s: rule id %q is missing or used twice", name, r.ID)
		case r.Name.ZH == "" || r.Name.EN == "":
			return nil, fmt.Errorf("%s: rule %s needs a name in both languages", name, r.ID)
		case r.Points < 1 || r.Points > 100_000:
			return nil, fmt.Errorf("%s: rule %s: points must be 1 to 100000", name, r.ID)
		}
		seen[r.ID] = true
	}
	return file.Rules, nil
}
