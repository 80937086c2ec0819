package app

import (
	"gezhi/internal/pack"
	"gezhi/internal/store"
	"gezhi/internal/target"
)

// loadTargets reads the rules of lights, which come with the program where a zone has none of its own, and the goals.
func (z *Zone) loadTargets(r *store.Reader) (err error) {
	if z.Lights, err = newestOr(r, z.documents, docLights, target.ParseSets, pack.CommonLights); err != nil {
		return err
	}
	z.Goals, err = newestOr(r, z.documents, docGoals, target.ParseGoals, func() ([]target.Goal, error) { return nil, nil })
	return err
}
