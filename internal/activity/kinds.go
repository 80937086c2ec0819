package activity

import (
	"bytes"
	"fmt"
	"slices"

	"gezhi/internal/lang"

	"go.yaml.in/yaml/v3"
)

// Kind is a sort of activity.
type Kind struct {
	ID      string    `yaml:"id"`
	Name    lang.Text `yaml:"name"`
	Rule    string    `yaml:"rule"`    // the points rule proposed for it; may be empty
	Hours   bool      `yaml:"hours"`   // whether hours are proposed to be counted
	Source  string    `yaml:"source"`  // where the kind comes from
	Example bool      `yaml:"example"` // an example the operator replaces
}

// Kinds is a zone's list of kinds, in the order of its file.
type Kinds struct {
	Notice lang.Text `yaml:"notice"`
	List   []Kind    `yaml:"kinds"`
}

// Find finds a kind by its id.
func (k Kinds) Find(id string) (Kind, bool) {
	i := slices.IndexFunc(k.List, func(x Kind) bool { return x.ID == id })
	if i < 0 {
		return Kind{}, false
	}
	return k.List[i], true
}

// ParseKinds reads a list of kinds. Errors name the file and what is wrong.
func ParseKinds(name string, src []byte) (Kinds, error) {
	var out Kinds
	d := yaml.NewDecoder(bytes.NewReader(src))
	d.KnownFields(true)
	if err := d.Decode(&out); err != nil {
		return Kinds{}, fmt.Errorf("%s: %w", name, err)
	}
	seen := map[string]bool{}
	for _, k := range out.List {
		switch {
		case k.ID == "" || seen[k.ID]:
			return Kinds{}, fmt.Errorf("%s: kind id %q is missing or used twice", name, k.ID)
		case k.Name.ZH == "" || k.Name.EN == "":
			return Kinds{}, fmt.Errorf("%s: kind %s needs a name in both languages", name, k.ID)
		}
		seen[k.ID] = true
	}
	if len(out.List) == 0 {
		return Kinds{}, fmt.Errorf("%s: there are no kinds", name)
	}
	return out, nil
}
