package app

import (
	"bytes"

	"gezhi/internal/policy"
	"gezhi/internal/store"
)

// profiles checks the pages that all enterprises are read from against what sources said.
func (c *verifier) profiles(r *store.Reader) error {
	n, revision, err := r.ProfileCounts()
	if err != nil {
		return err
	}
	pages, err := r.ProfilePages()
	if err != nil {
		return err
	}
	latest := int64(0)
	place := 0
	for after := -1; ; after = place - 1 {
		list, err := r.Enterprises(store.Reach{All: true}, store.EnterpriseFilter{After: after, Limit: policy.PageRows})
		if err != nil {
			return err
		}
		if len(list) == 0 {
			break
		}
		codes := make([]string, len(list))
		for i, e := range list {
			codes[i] = e.Code
			if e.Place != place+i {
				c.wrong("profiles", "enterprise %s has place %d, not %d", e.Code, e.Place, place+i)
				return nil
			}
			latest = max(latest, e.Changed)
		}
		facts, err := r.Facts(codes)
		if err != nil {
			return err
		}
		var page policy.Page
		for i, code := range codes {
			page.Set(i, code, facts[code])
		}
		at := place / policy.PageRows
		body, err := r.ProfilePage(at)
		if err != nil {
			return err
		}
		if !bytes.Equal(body, page.Bytes()) {
			c.wrong("profiles", "page %d is not what its enterprises' statements come to", at)
		}
		place += len(list)
	}
	if place != n || pages != (n+policy.PageRows-1)/policy.PageRows || revision != latest {
		c.wrong("profiles", "%d enterprises on %d pages, last changed at revision %d; counted as %d and %d", place, pages, latest, n, revision)
	}
	return nil
}
