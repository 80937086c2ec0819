package app

import (
	"slices"
	"strconv"

	"gezhi/internal/activity"
	"gezhi/internal/calendar"
	"gezhi/internal/casework"
	"gezhi/internal/fault"
	"gezhi/internal/lang"
	"gezhi/internal/points"
	"gezhi/internal/store"
)

// earn enters what a closed activity brought one person as an award, and tells the person. Nothing about it keeps the
// activity from being closed. Whoever closed it said who came, and does not judge the award.
func (a *App) earn(tx *store.Tx, z *Zone, v Viewer, x activity.Activity, s activity.SignUp) error {
	r, ok := z.PointRule(x.Rule)
	if !ok {
		return nil // the rule was withdrawn since the activity was announced
	}
	id := "activity:" + strconv.FormatInt(int64(x.ID), 10)
	e := Earning{Rule: r.ID, Key: id + ":" + strconv.FormatInt(int64(s.Person), 10), Person: casework.Person(s.Person), By: v.Person, Area: x.Area, Day: calendar.DayOf(x.From), Evidence: id, Ref: id, Text: x.Title}
	if r.Value.Unit == points.Minute {
		e.Quantity = int64(s.Minutes)
	} else if !r.Value.Fixed() {
		e.Quantity = 1
	}
	w, fresh, err := a.Earn(tx, z, e)
	obstacle, broken := refusal(err)
	if broken != nil || (obstacle == nil && !fresh) {
		return broken
	}
	zh, en := "活动“"+x.Title+"”已办结，您的参加记录", "“"+x.Title+"” is closed; your part"
	if x.Hours {
		zh, en = zh+"（"+hoursText(s.Minutes)+" 小时）", en+" ("+hoursText(s.Minutes)+" h)"
	}
	switch {
	case obstacle != nil:
		zh, en = zh+"没有记分："+fault.Sentence(obstacle, lang.ZH), en+" brought no points: "+fault.Sentence(obstacle, lang.EN)
	case w.State == points.Posted:
		zh, en = zh+"已按“"+r.Name.ZH+"”记分入账。", en+" earned points as “"+r.Name.EN+"”."
	case w.State == points.Refused:
		zh, en = zh+"没有记分："+w.Reason, en+" brought no points: "+w.Reason
	case w.State == points.Publicity:
		zh, en = zh+"已按“"+r.Name.ZH+"”记分，公示至 "+until(w)+"。", en+" is published for points as “"+r.Name.EN+"” until "+until(w)+"."
	default:
		zh, en = zh+"已按“"+r.Name.ZH+"”送积分复核。", en+" went to review for points as “"+r.Name.EN+"”."
	}
	return tell(tx, s.Activity, s.Person, zh, en)
}

// markEarner notes what somebody counts as when rules ask who may earn: volunteer or rider. from false ends it.
func markEarner(tx *store.Tx, p casework.Person, kind string, from bool) error {
	marks, err := tx.Marks(p)
	if err != nil || slices.Contains(marks, kind) == from {
		return err
	}
	if !from {
		return tx.EndMark(p, kind)
	}
	return tx.AddMark(p, kind, p)
}

// hoursText is minutes as hours: 1.25.
func hoursText(minutes int) string { return strconv.FormatFloat(float64(minutes)/60, 'f', -1, 64) }
