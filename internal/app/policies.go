package app

import (
	"slices"

	"gezhi/internal/fault"
	"gezhi/internal/lang"
	"gezhi/internal/rules"
	"gezhi/internal/store"
)

// loadPolicies reads every published version of the policy items: a grant keeps the one it was decided under.
func (z *Zone) loadPolicies(r *store.Reader) error {
	versions, err := published(r, z.documents, docPolicies, rules.Parse)
	if err != nil {
		return err
	}
	z.Policies, z.policies = &rules.Book{}, map[int]*rules.Book{}
	for _, d := range versions {
		z.policies[d.Version] = d.Parsed
		if d.Version > z.PoliciesVersion {
			z.Policies, z.PoliciesVersion = d.Parsed, d.Version
		}
	}
	return nil
}

// PolicyItem is an item as it is on a day, or else as it was last; nil when the zone never had it.
func (z *Zone) PolicyItem(id string, day int64) *rules.Item {
	if i := z.Policies.ItemIndex(id, day); i >= 0 {
		return z.Policies.Items[i]
	}
	for _, x := range slices.Backward(z.Policies.Items) {
		if x.ID == id {
			return x
		}
	}
	return nil
}

// PolicyName is what an item is called, also one of an earlier version.
func (z *Zone) PolicyName(id string, version int) lang.Text {
	if b := z.policies[version]; b != nil {
		for _, x := range b.Items {
			if x.ID == id {
				return x.Name
			}
		}
	}
	if x := z.PolicyItem(id, 0); x != nil {
		return x.Name
	}
	return lang.Text{ZH: id, EN: id}
}

func checkPolicies(z *Zone, file string, body []byte) (int, error) {
	b, err := rules.Parse(file, body)
	if err != nil {
		return 0, err
	}
	return 0, sameKinds(z.Policies, b)
}

// policiesSound is what a version must pass before it is in force: its worked examples come out, and what is known of enterprises
// still means the same.
func policiesSound(was, now *rules.Book) error {
	if err := sameKinds(was, now); err != nil {
		return err
	}
	return withPlace(now.Test())
}

// sameKinds refuses a field that changes its kind: what sources said would be read as something else.
func sameKinds(was, now *rules.Book) error {
	var bad fault.List
	for _, f := range was.Fields {
		if i := now.Field(f.ID); i >= 0 && now.Fields[i].Kind != f.Kind {
			bad.Add("file", "字段“%[1]s”原是 %[2]s，不能改为 %[3]s：已收集的数据会变成别的意思。请另起一个字段名。",
				"Field “%[1]s” is a %[2]s and cannot become a %[3]s: what is known would come to mean something else. Name a new field.", f.ID, f.Kind, now.Fields[i].Kind)
		}
	}
	return bad.Err()
}
