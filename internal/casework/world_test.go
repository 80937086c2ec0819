package casework

import (
	"os"
	"strings"
	"testing"
	"time"

	"gezhi/internal/calendar"
	"gezhi/internal/fault"
)

// The world tests run in: the shipped procedure, working days Monday to Friday 9–12 and 13:30–17:30,
// and one person per role in micro-grid 33010800100100101.
const (
	micro = "33010800100100101"
	unit  = "cityclean"
)

func gridEvent(t testing.TB) *Procedure {
	t.Helper()
	src, err := os.ReadFile("../../packs/common/procedures/grid-event.yaml")
	if err != nil {
		t.Fatal(err)
	}
	p, err := ParseProcedure("grid-event.yaml", src)
	if err != nil {
		t.Fatal(strings.ReplaceAll(err.Error(), "; ", "\n"))
	}
	return p
}

func beijing(s string) time.Time {
	at, err := time.ParseInLocation("2006-01-02 15:04", s, calendar.Zone())
	if err != nil {
		panic(err)
	}
	return at
}

// testCalendar has no listed days: every Monday to Friday is worked.
func testCalendar() *calendar.Calendar { return calendar.New(calendar.Days{}, calendar.DefaultHours()) }

func testEnv(now time.Time) Env {
	garbage := Matter{Code: "E0102", Standards: []Standard{
		{ID: "piles", Limit: calendar.Limit{N: 4, Unit: calendar.WorkHour}},
		{ID: "slow", Limit: calendar.Limit{N: 5, Unit: calendar.WorkDay}},
	}}
	return Env{
		Now: now, Calendar: testCalendar(),
		Route: func(matter, area, stage string) (Holder, error) {
			switch stage {
			case "verifying":
				return Holder{Role: "mg_info", Area: area}, nil
			case "assigned", "handling":
				return Holder{Role: "officer", Unit: unit}, nil
			}
			return Holder{}, fault.New(fault.Conflict, "没有", "none")
		},
		Matter: func(code string) (Matter, bool) {
			garbage := garbage
			garbage.Code = code
			return garbage, code == "E0102" || code == "E0103"
		},
	}
}

// who is a cast of people, one per role; the resident is 100.
func who(role string) Actor {
	people := map[string]Actor{
		"resident":       {Person: 100},
		"stranger":       {Person: 101},
		"mg_info":        {Person: 1, Duties: []Duty{{Role: "mg_info", Area: micro}}},
		"grid_staff":     {Person: 2, Duties: []Duty{{Role: "grid_staff", Area: micro[:15]}}},
		"grid_leader":    {Person: 3, Duties: []Duty{{Role: "grid_leader", Area: micro[:15]}}},
		"community_desk": {Person: 4, Duties: []Duty{{Role: "community_desk", Area: micro[:12]}}},
		"street_desk":    {Person: 5, Duties: []Duty{{Role: "street_desk", Area: micro[:9]}}},
		"district_desk":  {Person: 6, Duties: []Duty{{Role: "district_desk", Area: micro[:6]}}},
		"acceptor":       {Person: 7, Duties: []Duty{{Role: "acceptor", Area: micro[:6]}}},
		"shift_leader":   {Person: 8, Duties: []Duty{{Role: "shift_leader", Area: micro[:6]}}},
		"dispatcher":     {Person: 9, Duties: []Duty{{Role: "dispatcher", Area: micro[:6]}}},
		"verifier":       {Person: 10, Duties: []Duty{{Role: "verifier", Area: micro[:6]}}},
		"supervisor":     {Person: 11, Duties: []Duty{{Role: "supervisor", Area: micro[:6]}}},
		"officer":        {Person: 12, Duties: []Duty{{Role: "officer", Unit: unit}}},
		"all_rounder": {Person: 20, Duties: []Duty{{Role: "grid_staff", Area: micro[:15]}, {Role: "acceptor", Area: micro[:6]},
			{Role: "shift_leader", Area: micro[:6]}, {Role: "dispatcher", Area: micro[:6]}, {Role: "verifier", Area: micro[:6]},
			{Role: "mg_info", Area: micro}, {Role: "officer", Unit: unit}}},
		"stand_in": {Person: 30, Duties: []Duty{{Role: "dispatcher", Area: micro[:6]}}, Lent: []Lent{
			{For: 12, Duties: []Duty{{Role: "officer", Unit: unit}}}, {For: 10, Duties: []Duty{{Role: "verifier", Area: micro[:6]}}},
			{For: 20, Duties: []Duty{{Role: "shift_leader", Area: micro[:6]}, {Role: "verifier", Area: micro[:6]}}}}},
		"other_officer": {Person: 13, Duties: []Duty{{Role: "officer", Unit: "parks"}}},
	}
	a, ok := people[role]
	if !ok {
		panic("no such person: " + role)
	}
	return a
}
