package app

import (
	"slices"
	"strings"

	"gezhi/internal/casework"
	"gezhi/internal/fault"
	"gezhi/internal/points"
	"gezhi/internal/store"
)

// mayJudgeFor refuses whom a delegation brings too near to the award: who would judge in the name of a colleague who may
// not, and whose own part in it somebody has taken in their name.
func mayJudgeFor(r *store.Reader, v Viewer, w points.Award, kin points.Circle) error {
	hands := []casework.Person{v.Person}
	for _, p := range v.reviewsFor(w.Area) {
		all, err := selves(r, p)
		if err != nil {
			return err
		}
		for _, x := range all {
			if w.MayJudge(x, kin) != nil {
				return fault.New(fault.Forbidden, "您所代理的同事与这条积分有关，或已复核过它，按回避规定须由其他人办理。", "The colleague you stand in for is near this award or has reviewed it; somebody else has to decide.")
			}
		}
		hands = append(hands, p)
	}
	for _, before := range append(slices.Clone(w.Approved), w.By) {
		for _, p := range hands {
			in, err := stoodInReview(r, casework.Person(before), p, w)
			if err != nil {
				return err
			}
			if in {
				return fault.New(fault.Forbidden, "这条积分已由代您办理的同事提交或复核过，须由其他人办理。", "A colleague who stood in for you has submitted or reviewed this award; somebody else has to decide.")
			}
		}
	}
	return nil
}

// reviewsFor are the colleagues in whose name alone the viewer reviews awards of the area.
func (v Viewer) reviewsFor(area string) []casework.Person {
	reviews := func(d casework.Duty) bool { return powers(d.Role)&ReviewAwards != 0 && strings.HasPrefix(area, d.Area) }
	if slices.ContainsFunc(v.Own(), reviews) {
		return nil
	}
	var out []casework.Person
	for _, l := range v.Lent {
		if reviews(l.Duty) && !slices.Contains(out, l.For) {
			out = append(out, l.For)
		}
	}
	return out
}

// stoodInReview reports whether somebody could review the award in a person's name since it was submitted.
func stoodInReview(r *store.Reader, delegate, person casework.Person, w points.Award) (bool, error) {
	list, err := r.StoodIn(delegate, person, w.At)
	return slices.ContainsFunc(list, func(d store.Delegation) bool {
		return powers(d.Duty.Role)&ReviewAwards != 0 && strings.HasPrefix(w.Area, d.Duty.Area)
	}), err
}

// secondOfObjection refuses whom a delegation binds to who made the proposal or approved the award.
func secondOfObjection(r *store.Reader, v Viewer, o store.Objection, w points.Award) error {
	refusal := fault.New(fault.Forbidden, "处理意见或原复核出自您所代理、或代您办理的同事，须由另一人确认。", "The proposal or the review is by a colleague you stand in for, or who stood in for you; somebody else has to confirm it.")
	firsts := append([]points.Person{points.Person(o.Proposed)}, w.Approved...)
	principals := v.reviewsFor(w.Area)
	for _, first := range firsts {
		for _, p := range append([]casework.Person{v.Person}, principals...) {
			in, err := stoodInReview(r, casework.Person(first), p, w)
			if err != nil {
				return err
			}
			if in || slices.Contains(principals, casework.Person(first)) {
				return refusal
			}
		}
	}
	return nil
}
