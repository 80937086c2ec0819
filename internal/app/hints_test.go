package app_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"gezhi/internal/app"
	"gezhi/internal/app/apptest"
	"gezhi/internal/casework"
)

// TestHintsFindMutualApprovalBurstsAndTheSamePicture has two clerks approve each other's applications, which they make
// as residents with the same phones, one resident apply five times in a row, and one picture serve two items.
func TestHintsFindMutualApprovalBurstsAndTheSamePicture(t *testing.T) {
	forEngines(t, func(t *testing.T, w *apptest.World) {
		c, ctx := newCircle(w), context.Background()
		leader := c.Staff("leader", "测试领导", casework.Duty{Role: "leader", Area: "330108"})
		clerk := func(login, phone string) app.Viewer {
			return c.StaffWithPhone(login, "测试"+login, phone, casework.Duty{Role: "community_desk", Area: oneCommunity})
		}
		hints := func() (kinds []string, h app.Hints) {
			h, err := c.App.Hints(ctx, leader)
			c.OK(err)
			for _, x := range h.List {
				kinds = append(kinds, x.Kind)
			}
			slices.Sort(kinds)
			return kinds, h
		}
		a, b, other := c.Resident("13800000001"), c.Resident("13800000002"), c.Resident("13800000003")
		one, two := clerk("one", "13800000001"), clerk("two", "13800000002")

		c.OK(c.decide(one, c.apply(b, "haircut"), app.Approve))
		c.OK(c.decide(one, c.apply(other, "haircut"), app.Approve))
		if kinds, h := hints(); len(kinds) != 0 || len(h.Photos) != 0 {
			t.Errorf("nobody approved in return, hints are %v, %v", kinds, h.Photos)
		}
		c.OK(c.decide(two, c.apply(a, "haircut"), app.Approve))
		kinds, h := hints()
		if !slices.Equal(kinds, []string{"ring"}) || h.List[0].Count != 2 || h.List[0].People != 2 || len(h.List[0].Who) != 2 {
			t.Fatalf("two approve each other: %+v", h.List)
		}
		for _, who := range h.List[0].Who {
			if who == "" || !slices.Contains([]rune(who), '*') {
				t.Errorf("named as %q, not masked", who)
			}
		}

		for i := range 5 {
			f := c.form(other, "env-cleanup")
			f.Day = c.Now().AddDate(0, 0, -i).Format(time.DateOnly)
			if i == 0 {
				f.Photos = []int64{c.photo(other, "twice", 0xABCD)}
			}
			_, err := c.App.Apply(ctx, other, f)
			c.OK(err)
			if kinds, _ := hints(); slices.Contains(kinds, "apply") != (i >= 3) { // haircut was the first of them
				t.Errorf("after %d applications: %v", i+2, kinds)
			}
		}
		f := c.form(a, "neighbour-help")
		f.Photos = []int64{c.photo(a, "twice", 0xABCD)}
		_, err := c.App.Apply(ctx, a, f)
		c.OK(err)
		if _, h = hints(); len(h.Photos) != 1 || h.Photos[0].SamePhoto.Awards != 2 || h.Photos[0].People != 2 || len(h.Photos[0].Awards) != 2 || h.Photos[0].Awards[0].Item.ZH == "" {
			t.Errorf("one picture for two items: %+v", h.Photos)
		}
		c.Pass(91 * 24 * time.Hour)
		if kinds, h := hints(); len(kinds) != 0 || len(h.Photos) != 0 {
			t.Errorf("after ninety days: %v, %v", kinds, h.Photos)
		}
	})
}
