package app

import (
	"gezhi/internal/fault"
	"gezhi/internal/pack"
	"gezhi/internal/store"
	"gezhi/internal/target"
)

// loadTargets reads the rules of lights, which come with the program where a zone has none of its own, and the goals.
func (z *Zone) loadTargets(r *store.Reader) (err error) {
	z.Lights, err = newest(r, z.documents, docLights, target.ParseSets)
	if fault.KindOf(err) == fault.NotFound {
		z.Lights, err = pack.CommonLights()
	}
	if err != nil {
		return err
	}
	if z.Goals, err = newest(r, z.documents, docGoals, target.ParseGoals); fault.KindOf(err) == fault.NotFound {
		return nil
	}
	return err
}
