package app_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"gezhi/internal/activity"
	"gezhi/internal/app"
	"gezhi/internal/app/apptest"
	"gezhi/internal/casework"
	"gezhi/internal/fault"
	"gezhi/internal/geo"
	"gezhi/internal/ledger"
	"gezhi/internal/points"
	"gezhi/internal/store"
)

const (
	ourCommunity   = "330108001001"
	theirCommunity = "330108001002"
)

// patrol is an activity on the evening of the day, as the community's desk types it.
func patrol(w *apptest.World, change func(*app.ActivityForm)) app.ActivityForm {
	from := w.Now().Add(8 * time.Hour)
	f := app.ActivityForm{Key: fmt.Sprint(from.UnixMilli()), Host: "area:" + ourCommunity, Kind: "patrol", Title: "晚间巡防", Text: "沿河走一圈，看看有没有隐患", Bring: "手电筒",
		Area: ourCommunity, Place: "社区门口", From: from, To: from.Add(2 * time.Hour), Capacity: 2, Contact: "社区服务站", Rule: "patrol-hour", Hours: true}
	if change != nil {
		change(&f)
	}
	return f
}

// announced is a published activity and the desk that organises it.
func announced(w *apptest.World, change func(*app.ActivityForm)) (app.Viewer, activity.ID) {
	w.T.Helper()
	desk := w.Staff("shequ", "社区干部", casework.Duty{Role: "community_desk", Area: ourCommunity})
	id, err := w.App.AddActivity(context.Background(), desk, patrol(w, change))
	w.OK(err)
	w.OK(w.App.MoveActivity(context.Background(), desk, id, activity.Publish, ""))
	return desk, id
}

func standing(w *apptest.World, v app.Viewer, id activity.ID) activity.SignUp {
	w.T.Helper()
	p, err := w.App.ActivityPage(context.Background(), v, id)
	w.OK(err)
	return p.Mine
}

func TestAnActivityFromItsAnnouncementToTheReview(t *testing.T) {
	forEngines(t, func(t *testing.T, w *apptest.World) {
		ctx := context.Background()
		desk, id := announced(w, nil)
		var people []app.Viewer
		for i, want := range []activity.Standing{activity.In, activity.In, activity.Waiting} {
			v := w.Resident(fmt.Sprintf("1380000000%d", i))
			got, err := w.App.JoinActivity(ctx, v, id)
			w.OK(err)
			if got != want {
				t.Fatalf("person %d is %s, want %s", i, got, want)
			}
			people = append(people, v)
		}
		w.OK(w.App.LeaveActivity(ctx, people[0], id))
		if s := standing(w, people[2], id); s.State != activity.In {
			t.Errorf("the waiting list did not move: %s", s.State)
		}
		told, _, err := w.App.Messages(ctx, people[2], 0, 10)
		w.OK(err)
		if len(told) != 1 || !strings.Contains(told[0].ZH, "候补") {
			t.Errorf("messages %+v", told)
		}

		w.Pass(8 * time.Hour)
		if err := w.App.LeaveActivity(ctx, people[1], id); fault.KindOf(err) != fault.Conflict {
			t.Errorf("withdrawing after the start: %v", err)
		}
		code, err := w.App.ActivityCode(ctx, desk, id)
		w.OK(err)
		if _, err := w.App.ActivityCode(ctx, people[1], id); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("a volunteer makes the code: %v", err)
		}
		w.OK(w.App.SeeCode(ctx, desk.Zone, id, code.Code))
		read := w.Now()
		w.Pass(10 * time.Minute) // signing in took a while
		w.OK(w.App.CheckIn(ctx, people[1], id, code.Code, read))
		for what, c := range map[string]struct {
			code string
			read time.Time
		}{
			"read too late": {code.Code, w.Now()}, "read long ago": {code.Code, w.Now().Add(-time.Hour)}, "made up": {"ABCDEFGH", w.Now()}, "read tomorrow": {code.Code, w.Now().Add(time.Hour)},
		} {
			if err := w.App.CheckIn(ctx, people[2], id, c.code, c.read); fault.KindOf(err) != fault.Invalid {
				t.Errorf("%s: %v", what, err)
			}
		}
		w.OK(w.App.TickPerson(ctx, desk, id, people[2].Person))

		w.Pass(2 * time.Hour)
		outcomes := map[casework.Person]activity.Outcome{people[1].Person: {Came: true, Minutes: 120}, people[2].Person: {Came: true, Minutes: 60}}
		w.OK(w.App.RecordHours(ctx, desk, id, outcomes))
		w.OK(w.App.ObjectHours(ctx, people[2], id, "我也走完了全程"))
		if err := w.App.MoveActivity(ctx, desk, id, activity.Close, ""); fault.KindOf(err) != fault.Conflict {
			t.Errorf("closing over an objection: %v", err)
		}
		w.OK(w.App.AnswerHours(ctx, desk, id, people[2].Person, activity.Outcome{Came: true, Minutes: 120}, "已核对照片，补足时长"))
		w.OK(w.App.ConfirmHours(ctx, people[1], id))
		w.OK(w.App.RateActivity(ctx, people[1], id, 5, "很有收获"))
		w.OK(w.App.ThankPerson(ctx, desk, id, people[1].Person, "辛苦了"))
		w.OK(w.App.MoveActivity(ctx, desk, id, activity.Close, ""))
		mine, err := w.App.MyActivities(ctx, people[2])
		w.OK(err)
		if mine.Minutes != 120 || len(mine.Parts) != 1 || mine.Parts[0].Mine.Answer == "" {
			t.Errorf("%+v", mine)
		}
		if p, err := w.App.ActivityPage(ctx, people[0], id); err != nil || p.Rating.Count != 0 {
			t.Errorf("one rating shows: %+v, %v", p.Rating, err)
		}
		// What it brought is an award each: two hours, in publicity, posted when that ends and a pool can pay.
		own, err := w.App.OwnApplications(ctx, people[1], 0, 5)
		w.OK(err)
		if len(own) != 1 || own[0].Points != 2 || own[0].State != points.Publicity || own[0].Quantity != 120 {
			t.Fatalf("the activity brought %+v", own)
		}
		w.Allot(own[0].Area[:9], 100)
		w.Pass(10 * 24 * time.Hour)
		if book, err := w.App.Wallet(ctx, people[1], 0, 1); err != nil || book.Balance != 2 {
			t.Errorf("the wallet holds %+v, %v", book, err)
		}
		found, err := w.App.DB().Verify(ctx, apptest.Zone, store.Invariants(w.App.DB().Dialect()))
		w.OK(err)
		if len(found) != 0 {
			t.Errorf("%+v", found)
		}
	})
}

// TestPlacesUnderManyHands lets many people sign up and leave at once: nobody is in beyond the places, nobody waits
// while one is free, and everybody who is counted is there.
func TestPlacesUnderManyHands(t *testing.T) {
	forEngines(t, func(t *testing.T, w *apptest.World) {
		const places, crowd = 5, 24
		_, id := announced(w, func(f *app.ActivityForm) { f.Capacity = places })
		people := make([]app.Viewer, crowd)
		w.OK(w.App.DB().InTx(context.Background(), apptest.Zone, func(tx *store.Tx) error {
			for i := range people {
				p, err := w.App.AddResident(tx, app.NewPerson{Name: "虚构甲", Synthetic: true})
				if err != nil {
					return err
				}
				people[i] = app.Viewer{Zone: apptest.Zone, Person: p, Kind: "resident", Name: "虚构甲"}
			}
			return nil
		}))
		var all sync.WaitGroup
		var failed atomic.Int32
		for i, v := range people {
			all.Go(func() {
				for step := range 1 + i%4 { // join, leave, join again …
					var err error
					if step%2 == 0 {
						_, err = w.App.JoinActivity(context.Background(), v, id)
					} else {
						err = w.App.LeaveActivity(context.Background(), v, id)
					}
					if err != nil {
						failed.Add(1)
						t.Error(err)
					}
				}
			})
		}
		all.Wait()
		in, waiting, want := 0, 0, 0
		for i, v := range people {
			if (1+i%4)%2 == 1 {
				want++
			}
			switch s := standing(w, v, id); s.State {
			case activity.In:
				in++
			case activity.Waiting:
				waiting++
			}
		}
		if in != places || waiting != want-places {
			t.Errorf("%d in and %d waiting, want %d and %d", in, waiting, places, want-places)
		}
		found, err := w.App.DB().Verify(context.Background(), apptest.Zone, store.Invariants(w.App.DB().Dialect()))
		w.OK(err)
		if len(found) != 0 {
			t.Errorf("%+v", found)
		}
	})
}

// TestListingCommunitiesLeavesTheTreeAlone guards the tree that every request of a zone shares.
func TestListingCommunitiesLeavesTheTreeAlone(t *testing.T) {
	w := apptest.New(t, "sqlite:"+filepath.Join(t.TempDir(), "g.db"))
	z, err := w.App.Zone(context.Background(), apptest.Zone)
	w.OK(err)
	var was []string
	for _, a := range z.Tree.All() {
		was = append(was, a.Code)
	}
	for _, top := range []string{"330108", "330108001", "330108001001", "330108001001001"} {
		if len(z.CommunitiesUnder(top)) == 0 {
			t.Errorf("no community under %s", top)
		}
	}
	for i, a := range z.Tree.All() {
		if a.Code != was[i] {
			t.Fatalf("area %s of the tree has become %q", was[i], a.Code)
		}
	}
}

func TestWhoMayOrganise(t *testing.T) {
	forEngines(t, func(t *testing.T, w *apptest.World) {
		ctx := context.Background()
		desk, id := announced(w, nil)
		other := w.Staff("linju", "邻社区干部", casework.Duty{Role: "community_desk", Area: theirCommunity})
		officer := w.Staff("jingban", "经办人", casework.Duty{Role: "officer", Unit: "sanitation"})
		resident := w.Resident("13800000001")
		z, err := w.App.Zone(ctx, apptest.Zone)
		w.OK(err)
		if hosts := z.Hosts(officer); len(hosts) != 1 {
			t.Skip("the pack has no such unit")
		}
		for name, v := range map[string]app.Viewer{"another community": other, "a unit": officer, "a resident": resident} {
			if err := w.App.MoveActivity(ctx, v, id, activity.Cancel, "不办了"); fault.KindOf(err) != fault.Forbidden {
				t.Errorf("%s cancels: %v", name, err)
			}
			if _, err := w.App.Roll(ctx, v, id); fault.KindOf(err) != fault.Forbidden {
				t.Errorf("%s reads who signed up: %v", name, err)
			}
		}
		if _, err := w.App.AddActivity(ctx, resident, patrol(w, nil)); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("a resident organises: %v", err)
		}
		if _, err := w.App.AddActivity(ctx, other, patrol(w, nil)); fault.KindOf(err) != fault.Invalid {
			t.Errorf("in another community's name: %v", err)
		}
		if _, err := w.App.AddActivity(ctx, desk, patrol(w, func(f *app.ActivityForm) { f.Key, f.Area = "x", theirCommunity })); fault.KindOf(err) != fault.Invalid {
			t.Errorf("in another community: %v", err)
		}
		draft, err := w.App.AddActivity(ctx, officer, patrol(w, func(f *app.ActivityForm) { f.Host, f.Key = "unit:sanitation", "u" }))
		w.OK(err)
		again, err := w.App.AddActivity(ctx, officer, patrol(w, func(f *app.ActivityForm) { f.Host, f.Key = "unit:sanitation", "u" }))
		w.OK(err)
		if again != draft {
			t.Error("a double click made two activities")
		}
		if _, err := w.App.ActivityPage(ctx, resident, draft); fault.KindOf(err) != fault.NotFound {
			t.Errorf("a draft is read: %v", err)
		}
		if _, err := w.App.JoinActivity(ctx, resident, draft); fault.KindOf(err) != fault.NotFound {
			t.Errorf("a draft is joined: %v", err)
		}
		for v, want := range map[*app.Viewer]int{&desk: 1, &officer: 1, &other: 0} {
			list, err := w.App.Organised(ctx, *v, store.ActivityFilter{})
			w.OK(err)
			if len(list) != want {
				t.Errorf("%s organises %d, want %d", v.Name, len(list), want)
			}
		}
	})
}

func TestWholeNamesAreShownForAReasonThatIsLogged(t *testing.T) {
	forEngines(t, func(t *testing.T, w *apptest.World) {
		ctx := context.Background()
		desk, id := announced(w, nil)
		v := w.Resident("13800000001")
		w.OK(w.App.CorrectName(ctx, v, "欧阳小虚"))
		_, err := w.App.JoinActivity(ctx, v, id)
		w.OK(err)
		roll, err := w.App.Roll(ctx, desk, id)
		w.OK(err)
		if roll.Lines[0].Name != "欧阳*" {
			t.Errorf("the list shows %s", roll.Lines[0].Name)
		}
		if _, err := w.App.FullRoll(ctx, desk, id, " "); fault.KindOf(err) != fault.Invalid {
			t.Errorf("without a reason: %v", err)
		}
		full, err := w.App.FullRoll(ctx, desk, id, "现场点名核对")
		w.OK(err)
		if full.Lines[0].Name != "欧阳小虚" {
			t.Errorf("the full list shows %s", full.Lines[0].Name)
		}
		looks, err := w.App.WhoLooked(ctx, v)
		w.OK(err)
		if len(looks) != 1 || looks[0].Reason != "现场点名核对" {
			t.Errorf("looks %+v", looks)
		}
		w.OK(w.App.MoveActivity(ctx, desk, id, activity.Cancel, "大雨"))
		if _, err := w.App.FullRoll(ctx, desk, id, "现场点名核对"); fault.KindOf(err) != fault.Conflict {
			t.Errorf("after cancelling: %v", err)
		}
		told, _, err := w.App.Messages(ctx, v, 0, 1)
		w.OK(err)
		if !strings.Contains(told[0].ZH, "大雨") {
			t.Errorf("the volunteer was told %q", told[0].ZH)
		}
	})
}

func TestRidersJoinAndLeaveByThemselves(t *testing.T) {
	forEngines(t, func(t *testing.T, w *apptest.World) {
		ctx := context.Background()
		desk := w.Staff("shequ", "社区干部", casework.Duty{Role: "community_desk", Area: ourCommunity})
		s, err := w.App.AddStation(ctx, desk, store.Station{Platform: "示例平台", Name: "一站", Area: ourCommunity})
		w.OK(err)
		rider := w.Resident("13800000001")
		for name, c := range map[string]struct {
			code    string
			consent bool
		}{"a wrong code": {"XXXXXXXX", true}, "no code": {"", true}, "no consent": {s.Code, false}} {
			if err := w.App.JoinStation(ctx, rider, c.code, c.consent); fault.KindOf(err) != fault.Invalid {
				t.Errorf("%s: %v", name, err)
			}
		}
		if err := w.App.JoinStation(ctx, desk, s.Code, true); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("staff join: %v", err)
		}
		w.OK(w.App.JoinStation(ctx, rider, strings.ToLower(s.Code[:4])+" "+s.Code[4:], true))
		w.OK(w.App.JoinStation(ctx, rider, s.Code, true))
		c, err := w.App.Submit(ctx, rider, app.Report{Key: "k", Matter: "E0102", Text: "楼下垃圾成堆，影响通行", Point: geo.Point{Lng: 120.205, Lat: 30.195}, HasPoint: true})
		w.OK(err)
		if c.Source != "resident" {
			t.Errorf("the case's source is %s", c.Source)
		}
		w.Pass(time.Hour)
		w.OK(w.App.LeaveStation(ctx, rider))
		if m, err := w.App.MyStation(ctx, rider); err != nil || m.ID != 0 {
			t.Errorf("still at %+v, %v", m, err)
		}
		district := w.Staff("qu", "区级", casework.Duty{Role: "district_desk", Area: "330108"})
		grid := w.Staff("wangge", "网格员", casework.Duty{Role: "grid_staff", Area: c.Place.Area[:15]})
		for name, x := range map[string]struct {
			v    app.Viewer
			want bool
		}{"the desk": {district, true}, "a grid worker": {grid, false}, "the rider": {rider, false}} {
			p, err := w.App.CasePage(ctx, x.v, c.ID)
			w.OK(err)
			if p.Rider != x.want {
				t.Errorf("%s: rider %t, want %t", name, p.Rider, x.want)
			}
		}
		out, err := w.App.StationDesk(ctx, desk)
		w.OK(err)
		if len(out.Lines) != 1 || out.Lines[0].Members != 0 {
			t.Errorf("%+v", out)
		}
		w.OK(w.App.RenewStationCode(ctx, desk, s.ID))
		if err := w.App.JoinStation(ctx, rider, s.Code, true); fault.KindOf(err) != fault.Invalid {
			t.Errorf("by a code that was replaced: %v", err)
		}
		other := w.Staff("linju", "邻社区干部", casework.Duty{Role: "community_desk", Area: theirCommunity})
		if err := w.App.CloseStation(ctx, other, s.ID); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("another community closes it: %v", err)
		}
	})
}

// grant posts points to a person the way awards do.
func grant(w *apptest.World, p casework.Person, n int64) {
	w.T.Helper()
	w.OK(w.App.DB().InTx(context.Background(), apptest.Zone, func(tx *store.Tx) error {
		_, err := tx.Post(ledger.Transfer{ID: fmt.Sprint("t", tx.NewID()), From: ledger.Account("issue:330108"), To: app.PersonAccount(p), Asset: ledger.Point, Amount: n, Reason: "patrol-hour"})
		return err
	}))
}

func TestTheBoardIsForThoseWhoAsk(t *testing.T) {
	forEngines(t, func(t *testing.T, w *apptest.World) {
		ctx := context.Background()
		one, two, shy := w.Resident("13800000001"), w.Resident("13800000002"), w.Resident("13800000003")
		desk := w.Staff("shequ", "社区干部", casework.Duty{Role: "community_desk", Area: ourCommunity})
		w.OK(w.App.CorrectName(ctx, one, "张虚构"))
		w.OK(w.App.CorrectName(ctx, two, "李虚构"))
		for i, v := range []app.Viewer{one, two, shy, desk} {
			grant(w, v.Person, int64(10*(i+1)))
		}
		board := func(v app.Viewer) []app.BoardLine {
			b, err := w.App.Board(ctx, v, ourCommunity)
			w.OK(err)
			return b.Lines
		}
		if got := board(one); len(got) != 0 {
			t.Errorf("a board nobody asked for: %+v", got)
		}
		w.OK(w.App.JoinBoard(ctx, one, ourCommunity))
		w.OK(w.App.JoinBoard(ctx, two, ourCommunity))
		if err := w.App.JoinBoard(ctx, desk, ourCommunity); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("staff join: %v", err)
		}
		if got := board(one); len(got) != 2 || got[0] != (app.BoardLine{Name: "李*", Points: 20}) || got[1] != (app.BoardLine{Name: "张*", Points: 10, Me: true}) {
			t.Errorf("board %+v", got)
		}
		w.OK(w.App.LeaveBoard(ctx, two))
		if got := board(shy); len(got) != 1 || got[0].Name != "张*" {
			t.Errorf("after one left: %+v", got)
		}
		w.Pass(40 * 24 * time.Hour)
		if got := board(shy); len(got) != 0 {
			t.Errorf("next month: %+v", got)
		}
	})
}

func TestAHouseholdSeesWhatItsMembersAgreedTo(t *testing.T) {
	forEngines(t, func(t *testing.T, w *apptest.World) {
		ctx := context.Background()
		mother, son, lonely := w.Resident("13800000001"), w.Resident("13800000002"), w.Resident("13800000003")
		grant(w, mother.Person, 30)
		grant(w, son.Person, 12)
		if err := w.App.ShareWithHousehold(ctx, lonely, true); fault.KindOf(err) != fault.Conflict {
			t.Errorf("sharing with nobody: %v", err)
		}
		apptest.Household(w, mother.Person, son.Person)
		view := func(v app.Viewer) app.HouseholdView {
			h, err := w.App.HouseholdView(ctx, v)
			w.OK(err)
			return h
		}
		if h := view(son); len(h.Members) != 2 || h.Sum != 0 || h.Members[0].Balance != 0 || h.Members[1].Balance != 12 || h.Sharing {
			t.Errorf("before anybody agreed: %+v", h)
		}
		w.OK(w.App.ShareWithHousehold(ctx, mother, true))
		w.OK(w.App.ShareWithHousehold(ctx, mother, true))
		if h := view(son); h.Sum != 30 || h.Members[0].Balance != 30 || !strings.HasSuffix(h.Members[0].Name, "*") {
			t.Errorf("the mother agreed: %+v", h)
		}
		w.OK(w.App.ShareWithHousehold(ctx, son, true))
		if h := view(mother); h.Sum != 42 {
			t.Errorf("both agreed: %+v", h)
		}
		w.OK(w.App.ShareWithHousehold(ctx, mother, false))
		if h := view(son); h.Sum != 12 || h.Members[0].Balance != 0 {
			t.Errorf("the mother changed her mind: %+v", h)
		}
		if h := view(lonely); h.ID != 0 || len(h.Members) != 0 {
			t.Errorf("no household: %+v", h)
		}
	})
}

func TestOwnDataHoldsActivities(t *testing.T) {
	forEngines(t, func(t *testing.T, w *apptest.World) {
		ctx := context.Background()
		_, id := announced(w, nil)
		v := w.Resident("13800000001")
		_, err := w.App.JoinActivity(ctx, v, id)
		w.OK(err)
		w.OK(w.App.RegisterVolunteer(ctx, v, ourCommunity, "会修自行车"))
		d, err := w.App.OwnData(ctx, v)
		w.OK(err)
		if len(d.Activities) != 1 || d.Activities[0].Title != "晚间巡防" || d.Consents.Skills != "会修自行车" {
			t.Errorf("%+v %+v", d.Activities, d.Consents)
		}
		w.OK(w.App.LeaveVolunteers(ctx, v))
		if err := w.App.RegisterVolunteer(ctx, v, "330108", strings.Repeat("长", 101)); len(fault.Fields(err)) != 2 || !errors.As(err, new(fault.List)) {
			t.Errorf("%v", err)
		}
	})
}
