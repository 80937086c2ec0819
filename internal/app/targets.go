package app

import (
	"gezhi/internal/fault"
	"gezhi/internal/pack"
	"gezhi/internal/store"
	"gezhi/internal/target"
)

// loadTargets reads the rules of lights, which come with the program where a zone has none of its own, and the goals.
func (z *Zone) loadTargets(r *store.Reader) error {
	d, err := latest(r, docLights)
	switch {
	case err == nil:
		z.Lights, err = target.ParseSets(d.Name, []byte(d.Body))
	case fault.KindOf(err) == fault.NotFound:
		z.Lights, err = pack.CommonLights()
	}
	if err != nil {
		return err
	}
	if d, err = latest(r, docGoals); err != nil {
		if fault.KindOf(err) == fault.NotFound {
			return nil
		}
		return err
	}
	z.Goals, err = target.ParseGoals(d.Name, []byte(d.Body))
	return err
}
