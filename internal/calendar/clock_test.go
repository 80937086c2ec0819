package calendar_test

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"

	"gezhi/internal/calendar"
	"gezhi/internal/fault"
)

// event is pause, resume, stop or the limit of an extension, and when.
type event struct{ what, at string }

// tell starts a clock and lets the events happen to it.
func tell(t testing.TB, c *calendar.Calendar, from, l string, events ...event) calendar.Clock {
	k := calendar.Start(c, clockTime(t, from), limit(t, l))
	for _, e := range events {
		var err error
		switch at := clockTime(t, e.at); e.what {
		case "pause":
			k, err = k.Pause(c, at)
		case "resume":
			k, err = k.Resume(c, at)
		case "stop":
			k = k.Stop(c, at)
		default:
			k, err = k.Extend(c, at, limit(t, e.what))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return k
}

func TestClockDue(t *testing.T) {
	tests := map[string]struct {
		from, limit string
		events      []event
		due         string // empty: none
	}{
		"a working day lost from 11:00 to 11:00 is given back to the minute": {"2026-03-02 10:00", "3work_day",
			[]event{{"pause", "2026-03-04 11:00"}, {"resume", "2026-03-05 11:00"}}, "2026-03-06 17:30"},
		"half a working day lost ends the limit half-way through a day": {"2026-03-02 10:00", "3work_day",
			[]event{{"pause", "2026-03-04 11:00"}, {"resume", "2026-03-04 16:00"}}, "2026-03-06 14:00"},
		"a suspension outside working hours costs and gives nothing": {"2026-03-02 10:00", "3work_day",
			[]event{{"pause", "2026-03-04 12:00"}, {"resume", "2026-03-04 13:30"}}, "2026-03-05 17:30"},
		"a suspension over a weekend moves nothing": {"2026-03-02 10:00", "6work_day",
			[]event{{"pause", "2026-03-06 18:00"}, {"resume", "2026-03-09 08:00"}}, "2026-03-10 17:30"},
		"a suspension within the day of starting moves nothing": {"2026-03-02 10:00", "1work_day",
			[]event{{"pause", "2026-03-02 10:30"}, {"resume", "2026-03-02 16:00"}}, "2026-03-03 17:30"},
		"two suspensions back to back are one": {"2026-03-02 10:00", "3work_day",
			[]event{{"pause", "2026-03-04 11:00"}, {"resume", "2026-03-04 16:00"}, {"pause", "2026-03-04 16:00"}, {"resume", "2026-03-05 11:00"}}, "2026-03-06 17:30"},
		"whole days suspended leave the end at closing time": {"2026-03-02 10:00", "3work_day",
			[]event{{"pause", "2026-03-04 00:00"}, {"resume", "2026-03-06 00:00"}}, "2026-03-09 17:30"},
		"working hours suspended for one are due one later": {"2026-03-02 09:00", "2work_hour",
			[]event{{"pause", "2026-03-02 09:30"}, {"resume", "2026-03-02 10:30"}}, "2026-03-02 12:00"},
		"urgent hours stand still when suspended": {"2026-03-02 09:00", "2urgent_hour",
			[]event{{"pause", "2026-03-02 10:00"}, {"resume", "2026-03-03 10:00"}}, "2026-03-03 11:00"},
		"natural days that end in a weekend after a suspension end on the working days around it": {"2026-03-02 10:00", "3natural_day",
			[]event{{"pause", "2026-03-04 00:00"}, {"resume", "2026-03-05 15:00"}}, "2026-03-09 15:00"},
		"natural days suspended while their last day waits for Monday keep Monday's length": {"2026-03-05 10:00", "2natural_day",
			[]event{{"pause", "2026-03-08 10:00"}, {"resume", "2026-03-11 00:00"}}, "2026-03-12 00:00"},
		"a paused clock has no due": {"2026-03-02 10:00", "3work_day", []event{{"pause", "2026-03-04 11:00"}}, ""},
		"a clock paused after it was due keeps its due": {"2026-03-02 10:00", "1work_day",
			[]event{{"pause", "2026-03-04 11:00"}}, "2026-03-03 17:30"},
		"resuming does not bring back time already overdue": {"2026-03-02 10:00", "1work_day",
			[]event{{"pause", "2026-03-04 11:00"}, {"resume", "2026-03-05 11:00"}}, "2026-03-03 17:30"},
		"an extension is as if the limit had been longer": {"2026-03-02 10:00", "3work_day",
			[]event{{"2work_day", "2026-03-05 11:00"}}, "2026-03-09 17:30"},
		"an extension past a moved last day counts from the start": {"2026-03-05 10:00", "2natural_day",
			[]event{{"5natural_day", "2026-03-08 11:00"}}, "2026-03-13 00:00"},
		"a paused clock can be extended": {"2026-03-02 10:00", "1work_day",
			[]event{{"pause", "2026-03-03 00:00"}, {"1work_day", "2026-03-04 10:00"}, {"resume", "2026-03-05 00:00"}}, "2026-03-06 17:30"},
		"a clock stopped while running keeps its due": {"2026-03-02 10:00", "3work_day", []event{{"stop", "2026-03-03 11:00"}}, "2026-03-05 17:30"},
		"a clock stopped while paused has none":       {"2026-03-02 10:00", "3work_day", []event{{"pause", "2026-03-03 11:00"}, {"stop", "2026-03-04 11:00"}}, ""},
	}
	c := builtin(t, usual)
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			k := tell(t, c, test.from, test.limit, test.events...)
			if test.due == "" && k.Due.IsZero() {
				return
			}
			if test.due == "" || !k.Due.Equal(clockTime(t, test.due)) {
				t.Errorf("due %s, want %q", k.Due, test.due)
			}
		})
	}
}

func TestClockIsOverdueOrOnTime(t *testing.T) {
	tests := map[string]struct {
		events  []event
		at      string
		overdue bool
	}{
		"at due it is on time":                        {nil, "2026-03-03 17:30", false},
		"a second later it is not":                    {nil, "2026-03-03 17:30:01", true},
		"stopped at due it stays on time":             {[]event{{"stop", "2026-03-03 17:30"}}, "2026-05-01 00:00", false},
		"stopped that evening it is late":             {[]event{{"stop", "2026-03-03 20:00"}}, "2026-05-01 00:00", true},
		"looked at before its due":                    {[]event{{"stop", "2026-03-03 20:00"}}, "2026-03-03 12:00", false},
		"paused before due it is never late":          {[]event{{"pause", "2026-03-03 17:29"}}, "2026-05-01 00:00", false},
		"paused exactly at due it is on time":         {[]event{{"pause", "2026-03-03 17:30"}}, "2026-05-01 00:00", false},
		"paused when late it stays late":              {[]event{{"pause", "2026-03-03 18:00"}}, "2026-05-01 00:00", true},
		"an extension makes it on time again":         {[]event{{"1work_day", "2026-03-04 10:00"}}, "2026-03-04 10:00", false},
		"stopped while paused before due, it is fine": {[]event{{"pause", "2026-03-03 17:00"}, {"stop", "2026-04-01 10:00"}}, "2026-05-01 00:00", false},
	}
	c := builtin(t, usual)
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			k := tell(t, c, "2026-03-02 10:00", "1work_day", test.events...)
			if got := k.Overdue(clockTime(t, test.at)); got != test.overdue {
				t.Errorf("overdue %t", got)
			}
		})
	}
}

func TestClockRefuses(t *testing.T) {
	c := builtin(t, usual)
	running := tell(t, c, "2026-03-02 10:00", "3work_day")
	paused := tell(t, c, "2026-03-02 10:00", "3work_day", event{"pause", "2026-03-03 10:00"})
	stopped := tell(t, c, "2026-03-02 10:00", "3work_day", event{"stop", "2026-03-03 10:00"})
	extended := tell(t, c, "2026-03-02 10:00", "3work_day", event{"1work_day", "2026-03-03 10:00"})
	later, earlier := clockTime(t, "2026-03-04 10:00"), clockTime(t, "2026-03-01 10:00")
	oneDay := limit(t, "1work_day")
	pause := func(k calendar.Clock, at time.Time) error { _, err := k.Pause(c, at); return err }
	resume := func(k calendar.Clock, at time.Time) error { _, err := k.Resume(c, at); return err }
	extend := func(k calendar.Clock, l calendar.Limit) error { _, err := k.Extend(c, later, l); return err }
	tests := map[string]struct {
		err  error
		want fault.Kind
	}{
		"to pause when paused":              {pause(paused, later), fault.Conflict},
		"to pause when stopped":             {pause(stopped, later), fault.Conflict},
		"to resume when running":            {resume(running, later), fault.Conflict},
		"to resume when stopped":            {resume(stopped, later), fault.Conflict},
		"to pause before it started":        {pause(running, earlier), fault.Invalid},
		"to resume before it was paused":    {resume(paused, earlier), fault.Invalid},
		"a second extension":                {extend(extended, oneDay), fault.Conflict},
		"an extension when stopped":         {extend(stopped, oneDay), fault.Conflict},
		"an extension in another unit":      {extend(running, limit(t, "1work_hour")), fault.Invalid},
		"an extension of nothing":           {extend(running, calendar.Limit{Unit: calendar.WorkDay}), fault.Invalid},
		"anything of no clock":              {pause(calendar.Clock{}, later), fault.Conflict},
		"an extension of no clock":          {extend(calendar.Clock{}, oneDay), fault.Conflict},
		"to pause a clock paused and ended": {pause(paused.Stop(c, later), later), fault.Conflict},
	}
	for name, test := range tests {
		if test.err == nil || fault.KindOf(test.err) != test.want {
			t.Errorf("%s: %v", name, test.err)
		}
	}
	if err := pause(running, running.At.Add(-2*time.Second)); err != nil {
		t.Errorf("an event two seconds before the last is two machines' clocks differing: %v", err)
	}
}

func TestPercentAndWhen(t *testing.T) {
	tests := map[string]struct {
		from, limit string
		when        map[int]string
	}{
		"working days by their working minutes": {"2026-03-02 10:00", "5work_day",
			map[int]string{20: "2026-03-03 17:30", 80: "2026-03-06 17:30", 100: "2026-03-09 17:30", 150: "2026-03-12 14:00"}},
		"one working day through its hours": {"2026-03-02 10:00", "1work_day",
			map[int]string{50: "2026-03-03 14:00", 100: "2026-03-03 17:30", 200: "2026-03-04 17:30"}},
		"two working days, half as much again": {"2026-03-02 10:00", "2work_day", map[int]string{150: "2026-03-05 17:30"}},
		"working hours":                        {"2026-03-02 09:00", "5work_hour", map[int]string{80: "2026-03-02 14:30", 100: "2026-03-02 15:30", 150: "2026-03-03 09:30"}},
		"urgent hours":                         {"2026-03-07 09:00", "2urgent_hour", map[int]string{50: "2026-03-07 10:00", 100: "2026-03-07 11:00", 150: "2026-03-07 12:00"}},
		"natural days wait for Monday and then run on": {"2026-03-05 10:00", "2natural_day",
			map[int]string{0: "2026-03-05 10:00", 50: "2026-03-07 00:00", 75: "2026-03-09 12:00", 100: "2026-03-10 00:00", 150: "2026-03-11 00:00"}},
		"natural days past due run through a weekend": {"2026-03-04 10:00", "2natural_day", map[int]string{100: "2026-03-07 00:00", 200: "2026-03-09 00:00"}},
	}
	c := builtin(t, usual)
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			k := tell(t, c, test.from, test.limit)
			for percent, want := range test.when {
				if got := k.When(c, percent); !got.Equal(clockTime(t, want)) {
					t.Errorf("%d%% at %s, want %s", percent, got, want)
				}
				if got := k.Percent(c, clockTime(t, want)); got != percent {
					t.Errorf("at %s %d%%, want %d%%", want, got, percent)
				}
			}
		})
	}
	paused := tell(t, c, "2026-03-02 10:00", "5work_day", event{"pause", "2026-03-05 00:00"})
	if got := paused.Percent(c, clockTime(t, "2026-12-01 00:00")); got != 40 {
		t.Errorf("a paused clock went on to %d%%", got)
	}
	if at := paused.When(c, 80); !at.IsZero() {
		t.Errorf("a paused clock reaches 80%% at %s", at)
	}
	if at := paused.When(c, 20); !at.Equal(clockTime(t, "2026-03-03 17:30")) {
		t.Errorf("a paused clock had reached 20%% at %s", at)
	}
}

func TestReproject(t *testing.T) {
	old, now := calendar.New(calendar.Days{}, calendar.Hours{}), builtin(t, usual)
	at := clockTime(t, "2026-02-12 10:00")
	k := tell(t, old, "2026-02-10 10:00", "5work_day", event{"pause", "2026-02-11 09:00"}, event{"resume", "2026-02-12 09:00"})
	got, changed := k.Reproject(now, at)
	// 11 was lost; 12, 13, the make-up Saturday 14, 24, 25.
	if want := clockTime(t, "2026-02-25 17:30"); !changed || !got.Due.Equal(want) || got.Provisional || !got.At.Equal(at) {
		t.Errorf("due %s, changed %t, want %s", got.Due, changed, want)
	}
	if again, changed := got.Reproject(now, at.AddDate(0, 0, 1)); changed || !reflect.DeepEqual(again, got) {
		t.Errorf("the same calendar changed the clock")
	}
	for name, events := range map[string][]event{
		"a stopped clock":                     {{"stop", "2026-02-12 10:00"}},
		"a clock stopped while it was paused": {{"pause", "2026-02-12 10:00"}, {"stop", "2026-02-13 10:00"}},
	} {
		k := tell(t, old, "2026-02-10 10:00", "5work_day", events...)
		if again, changed := k.Reproject(now, at); changed || !reflect.DeepEqual(again, k) {
			t.Errorf("%s changed", name)
		}
	}
	// A pause across a day that turns out to be worked: consumption changes, though nothing is due.
	paused := tell(t, old, "2026-02-12 10:00", "9work_day", event{"pause", "2026-02-15 10:00"})
	if got, changed := paused.Reproject(now, clockTime(t, "2026-02-16 10:00")); !changed || got.Consumed != 2*paused.Consumed || !got.Due.IsZero() {
		t.Errorf("paused: changed %t, consumed %d, was %d", changed, got.Consumed, paused.Consumed)
	}
}

func TestExplainTellsOfSuspension(t *testing.T) {
	tests := map[string]struct {
		limit            string
		events           []event
		counted, skipped string
	}{
		"working days suspended whole": {"2work_day", []event{{"pause", "2026-03-04 00:00"}, {"resume", "2026-03-06 00:00"}},
			"2026-03-03 2026-03-06", "2026-03-04 suspended 暂停计时|2026-03-05 suspended 暂停计时"},
		"a weekend in a suspension is a weekend": {"2work_day", []event{{"pause", "2026-03-06 00:00"}, {"resume", "2026-03-09 00:00"}},
			"2026-03-03 2026-03-04", ""},
		"a suspension over a weekend": {"4work_day", []event{{"pause", "2026-03-06 00:00"}, {"resume", "2026-03-10 00:00"}},
			"2026-03-03 2026-03-04 2026-03-05 2026-03-10", "2026-03-06 suspended 暂停计时|2026-03-07 weekend 周六|2026-03-08 weekend 周日|2026-03-09 suspended 暂停计时"},
		"days suspended in part are counted": {"2work_day", []event{{"pause", "2026-03-03 10:00"}, {"resume", "2026-03-04 10:00"}},
			"2026-03-03 2026-03-04 2026-03-05", ""},
		"a paused clock tells up to the pause": {"9work_day", []event{{"pause", "2026-03-04 12:00"}}, "2026-03-03 2026-03-04", ""},
		"a stopped clock tells of its due":     {"3work_day", []event{{"stop", "2026-03-03 12:00"}}, "2026-03-03 2026-03-04 2026-03-05", ""},
	}
	c := builtin(t, usual)
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			d := tell(t, c, "2026-03-02 10:00", test.limit, test.events...).Explain(c)
			if got := spellDays(d.Counted); got != test.counted {
				t.Errorf("counted %s, want %s", got, test.counted)
			}
			if got := spellSkips(d.Skipped); got != test.skipped {
				t.Errorf("skipped %s, want %s", got, test.skipped)
			}
		})
	}
}

// drawn is a clock with random events, in milliseconds, for what must hold of any clock.
func drawn(t *rapid.T, c *calendar.Calendar) calendar.Clock {
	unit := calendar.Unit(rapid.IntRange(1, 4).Draw(t, "unit"))
	l := calendar.Limit{N: rapid.IntRange(1, 12).Draw(t, "n"), Unit: unit}
	l.NoRoll = unit == calendar.NaturalDay && rapid.Bool().Draw(t, "noroll")
	from := epoch.Add(time.Duration(rapid.Int64Range(0, 23*365*86_400_000).Draw(t, "from")) * time.Millisecond)
	k := calendar.Start(c, from, l)
	for range rapid.IntRange(0, 5).Draw(t, "events") {
		at := k.At.Add(time.Duration(rapid.Int64Range(0, 3*86_400_000).Draw(t, "gap")) * time.Millisecond)
		var err error
		switch {
		case k.Extra == nil && rapid.IntRange(0, 4).Draw(t, "extend") == 0:
			k, err = k.Extend(c, at, l)
		case k.Running():
			k, err = k.Pause(c, at)
		default:
			k, err = k.Resume(c, at)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return k
}

func TestAnyClock(t *testing.T) {
	c := builtin(t, usual)
	rapid.Check(t, func(t *rapid.T) {
		k := drawn(t, c)
		if !k.Due.IsZero() {
			if p := k.Percent(c, k.Due); p != 100 {
				t.Errorf("%d%% at due", p)
			}
			if p := k.Percent(c, k.Due.Add(-time.Millisecond)); p >= 100 {
				t.Errorf("%d%% a millisecond before due", p)
			}
		}
		last := -1
		for at := k.Started; at.Before(k.At.AddDate(0, 0, 20)); at = at.Add(7 * time.Hour) {
			p := k.Percent(c, at)
			if p < last {
				t.Errorf("consumption went back from %d%% to %d%% at %s", last, p, at)
			}
			last = p
		}
		percent := rapid.IntRange(1, 300).Draw(t, "percent")
		if at := k.When(c, percent); !at.IsZero() && (k.Percent(c, at) < percent || k.Percent(c, at.Add(-time.Millisecond)) >= percent) {
			t.Errorf("%d%% is not first reached at %s", percent, at)
		}
		text, err := json.Marshal(k)
		if err != nil {
			t.Fatal(err)
		}
		var back calendar.Clock
		if err := json.Unmarshal(text, &back); err != nil || !reflect.DeepEqual(back, k) {
			t.Errorf("%s came back as %+v (%v)", text, back, err)
		}
		if again, changed := k.Reproject(c, k.At.AddDate(0, 0, 1)); changed || !reflect.DeepEqual(again, k) {
			t.Error("the calendar did not change but the clock did")
		}
	})
}

func TestSuspendingNeverBringsDueForward(t *testing.T) {
	c := builtin(t, usual)
	rapid.Check(t, func(t *rapid.T) {
		k := drawn(t, c)
		if !k.Running() {
			return
		}
		before := k.Due
		from := k.At.Add(time.Duration(rapid.Int64Range(0, 10*86_400_000).Draw(t, "pause")) * time.Millisecond)
		length := time.Duration(rapid.Int64Range(0, 5*86_400_000).Draw(t, "length")) * time.Millisecond
		middle := from.Add(length / 2).Truncate(time.Millisecond)
		once := must(must(k.Pause(c, from)).Resume(c, from.Add(length)))
		twice := must(must(must(must(k.Pause(c, from)).Resume(c, middle)).Pause(c, middle)).Resume(c, from.Add(length)))
		if once.Due.Before(before) {
			t.Errorf("due came forward from %s to %s", before, once.Due)
		}
		if !once.Due.Equal(twice.Due) {
			t.Errorf("one suspension makes it due %s, the same in two parts %s", once.Due, twice.Due)
		}
		if !k.Running() || !k.Due.Equal(before) {
			t.Error("the clock in hand was written to")
		}
	})
}

func TestALaterStartIsNotDueEarlier(t *testing.T) {
	c := builtin(t, usual)
	rapid.Check(t, func(t *rapid.T) {
		k := drawn(t, c)
		later := k.Started.Add(time.Duration(rapid.Int64Range(0, 4*86_400_000).Draw(t, "later")) * time.Millisecond)
		if a, b := c.Due(k.Started, k.Limit), c.Due(later, k.Limit); b.Due.Before(a.Due) {
			t.Errorf("%s: from %s due %s, from %s due %s", k.Limit, k.Started, a.Due, later, b.Due)
		}
	})
}

func TestReprojectingEqualsHavingKnown(t *testing.T) {
	ignorant, knowing := calendar.New(calendar.Days{}, calendar.Hours{}), builtin(t, usual)
	rapid.Check(t, func(t *rapid.T) {
		k := drawn(t, ignorant)
		got, _ := k.Reproject(knowing, k.At)
		want := calendar.Start(knowing, k.Started, k.Limit)
		if k.Extra != nil {
			want = must(want.Extend(knowing, want.At, *k.Extra))
		}
		for i, r := range k.Runs {
			if i > 0 {
				want = must(want.Resume(knowing, r.From))
			}
			if !r.To.IsZero() {
				want = must(want.Pause(knowing, r.To))
			}
		}
		if !got.Due.Equal(want.Due) || got.Provisional != want.Provisional {
			t.Errorf("reprojected due %s (%t), known from the start %s (%t)", got.Due, got.Provisional, want.Due, want.Provisional)
		}
	})
}

func must(k calendar.Clock, err error) calendar.Clock {
	if err != nil {
		panic(err)
	}
	return k
}
