package redeem

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"gezhi/internal/fault"
	"gezhi/internal/lang"
	"gezhi/internal/ledger"
)

func on(day, hour int) time.Time { return time.Date(2026, 3, day, hour, 0, 0, 0, china) }

func rice() Reward {
	return Reward{ID: 1, Name: lang.Text{ZH: "大米", EN: "Rice"}, Area: "330108001001", Address: "服务站", Hours: "工作日 9:00—17:00", Price: 120,
		Limit: 1, Per: Month, From: on(1, 0), To: on(31, 0), Pickup: 3, Stock: 2, Moves: 1}
}

func TestEveryStepBetweenStates(t *testing.T) {
	var grid []string
	for _, from := range States() {
		var to []string
		for _, s := range States() {
			if from.May(s) {
				to = append(to, string(s))
			}
		}
		grid = append(grid, fmt.Sprintf("%s → %s (hold %s)", from, strings.Join(to, " "), from.HoldEnds()))
	}
	want := `reserved → collected cancelled lapsed (hold open)
collected →  (hold confirmed)
cancelled →  (hold voided)
lapsed →  (hold voided)`
	if got := strings.Join(grid, "\n"); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestWhyAWishCannotBeMet(t *testing.T) {
	good := Wish{At: on(10, 9), Price: 120, Spare: 120}
	for name, c := range map[string]struct {
		reward func(*Reward)
		wish   func(*Wish)
		want   string // "" when it can
	}{
		"all is well":          {want: ""},
		"not begun":            {reward: func(r *Reward) { r.From = on(11, 0) }, want: "尚未开始"},
		"over":                 {reward: func(r *Reward) { r.To = on(10, 9) }, want: "已停止兑换"},
		"taken out":            {reward: func(r *Reward) { r.Closed = on(9, 0) }, want: "已停止兑换"},
		"none left":            {reward: func(r *Reward) { r.Stock = 0 }, want: "刚刚被兑完"},
		"another price":        {wish: func(w *Wish) { w.Price = 100 }, want: "由 100 调整为 120"},
		"limit of the month":   {wish: func(w *Wish) { w.Had = 1 }, want: "每人每月限兑 1 件，您已兑 1 件；4月1日起可再兑"},
		"limit for good":       {reward: func(r *Reward) { r.Per = Ever }, wish: func(w *Wish) { w.Had = 2 }, want: "每人限兑 1 件，您已兑 2 件"},
		"no limit":             {reward: func(r *Reward) { r.Limit = 0 }, wish: func(w *Wish) { w.Had = 9 }, want: ""},
		"short by one":         {wish: func(w *Wish) { w.Spare = 119 }, want: "现有 119 分，还差 1 分"},
		"price before balance": {wish: func(w *Wish) { w.Price, w.Spare = 100, 0 }, want: "调整为"},
	} {
		t.Run(name, func(t *testing.T) {
			r, w := rice(), good
			if c.reward != nil {
				c.reward(&r)
			}
			if c.wish != nil {
				c.wish(&w)
			}
			err := r.Refuses(w)
			switch {
			case c.want == "" && err != nil:
				t.Errorf("refused: %s", fault.Sentence(err, lang.ZH))
			case c.want != "" && (fault.KindOf(err) != fault.Conflict || !strings.Contains(fault.Sentence(err, lang.ZH), c.want)):
				t.Errorf("%v: %s, want %q", fault.KindOf(err), fault.Sentence(err, lang.ZH), c.want)
			case strings.Contains(fault.Sentence(err, lang.EN), "%!"):
				t.Errorf("English: %s", fault.Sentence(err, lang.EN))
			}
		})
	}
}

func TestPeriodsAreThoseOfTheCalendar(t *testing.T) {
	at := time.Date(2026, 3, 1, 20, 0, 0, 0, time.UTC) // four in the morning of Monday, 2 March, in China
	for p, want := range map[Period]string{Day: "03-02 to 03-03", Week: "03-02 to 03-09", Month: "03-01 to 04-01", Year: "01-01 to 01-01"} {
		from, to := p.Span(at)
		if got := from.Format("01-02") + " to " + to.Format("01-02"); got != want {
			t.Errorf("%s: %s, want %s", p, got, want)
		}
	}
	if from, to := Week.Span(on(8, 23)); from != on(2, 0) || to != on(9, 0) { // a Sunday ends its week
		t.Errorf("the week of a Sunday: %v to %v", from, to)
	}
	if from, to := Ever.Span(at); !from.IsZero() || !to.IsZero() {
		t.Errorf("for good: %v to %v", from, to)
	}
}

func TestAReservationIsGoodForWholeDays(t *testing.T) {
	if got := rice().Until(on(10, 23)); got != on(14, 0) {
		t.Errorf("reserved on the tenth for three days: until %v", got)
	}
}

func TestARedemptionEndsOnce(t *testing.T) {
	open := Redemption{State: Reserved, Until: on(14, 0), Reserved: on(10, 9)}
	for name, c := range map[string]struct {
		to   State
		at   time.Time
		want fault.Kind // Internal: none
	}{
		"collected in time":   {Collected, on(13, 23), fault.Internal},
		"collected too late":  {Collected, on(14, 0), fault.Conflict},
		"cancelled":           {Cancelled, on(13, 0), fault.Internal},
		"lapsed when over":    {Lapsed, on(14, 0), fault.Internal},
		"lapsed before":       {Lapsed, on(13, 23), fault.Conflict},
		"reserved once more":  {Reserved, on(12, 0), fault.Conflict},
		"a state of no table": {State("lost"), on(12, 0), fault.Conflict},
	} {
		got, err := open.Become(c.to, c.at, 7, "counter//330108001001")
		if c.want == fault.Internal {
			if err != nil || got.State != c.to || got.Done != c.at || got.By != 7 {
				t.Errorf("%s: %+v %v", name, got, err)
			}
			for _, again := range States() {
				if _, err := got.Become(again, c.at, 8, ""); fault.KindOf(err) != fault.Conflict {
					t.Errorf("%s, then %s: %v", name, again, err)
				}
			}
		} else if fault.KindOf(err) != c.want || err == nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestStockMoves(t *testing.T) {
	r := rice()
	for name, c := range map[string]struct {
		kind   string
		amount int64
		want   int64 // -1: refused
	}{
		"in": {StockIn, 10, 12}, "taken": {StockTaken, -1, 1}, "all off": {StockFix, -2, 0}, "more than there is": {StockFix, -3, -1},
		"none": {StockIn, 0, -1}, "beyond all measure": {StockIn, 1 << 62, -1}, "below all measure": {StockFix, -1 << 63, -1},
	} {
		got, m, err := r.Move(c.kind, c.amount, "", "")
		if c.want < 0 {
			if err == nil || got != r {
				t.Errorf("%s: %+v %v", name, got, err)
			}
			continue
		}
		if err != nil || got.Stock != c.want || m.After != c.want || m.N != r.Moves+1 || got.Moves != m.N {
			t.Errorf("%s: %+v %+v %v", name, got, m, err)
		}
	}
	r.Stock = 0
	if _, _, err := r.Move(StockTaken, -1, "", ""); !strings.Contains(fault.Sentence(err, lang.ZH), "刚刚被兑完") {
		t.Errorf("taking from nothing: %v", err)
	}
}

func TestWhatWouldLapseAtOnce(t *testing.T) {
	moves := []ledger.LotMove{{Account: "person:1", Expires: on(5, 0), Amount: -30}, {Account: "person:1", Expires: on(20, 0), Amount: -50}}
	for day, want := range map[int]int64{4: 0, 5: 30, 19: 30, 20: 80} {
		if got := Returning(moves, on(day, 0)); got != want {
			t.Errorf("on day %d: %d, want %d", day, got, want)
		}
	}
	lots := []ledger.Lot{{Expires: on(5, 0), Left: 30}, {Expires: on(20, 0), Left: 100}}
	for _, c := range []struct {
		price int64
		day   int
		want  int64
	}{{10, 6, 10}, {30, 4, 0}, {80, 6, 30}, {80, 20, 80}, {500, 31, 130}} {
		if got := Taking(lots, c.price, on(c.day, 0)); got != c.want {
			t.Errorf("%d on day %d: %d, want %d", c.price, c.day, got, c.want)
		}
	}
}

func TestCodesAreReadAsPeopleTypeThem(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	seen := map[string]bool{}
	for range 2000 {
		code := NewCode(func() byte { return byte(r.Uint32()) })
		if strings.ContainsAny(code, "01OILU") || len(code) != CodeLength || seen[code] {
			t.Fatalf("code %q", code)
		}
		seen[code] = true
		for _, typed := range []string{code, ShowCode(code), strings.ToLower(code), " " + code[:4] + " " + code[4:] + " ", code[:4] + "－" + code[4:]} {
			if got, err := ParseCode(typed); err != nil || got != code {
				t.Fatalf("%q is read as %q (%v)", typed, got, err)
			}
		}
	}
	if got, err := ParseCode("２３４５ａｂｃＤ"); err != nil || got != "2345ABCD" {
		t.Errorf("full width: %q %v", got, err)
	}
	for _, bad := range []string{"", "2345", "2345ABCDE", "2345ABC0", "<em>2345", "2345 ABC。"} {
		if _, err := ParseCode(bad); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func TestTryingCodesIsSlowedDown(t *testing.T) {
	var tries Tries
	at := on(10, 9)
	var pauses []time.Duration
	for range 18 {
		tries = tries.Miss(at)
		pauses = append(pauses, tries.Pause(at))
		at = at.Add(tries.Pause(at))
	}
	if pauses[8] != 0 || pauses[9] != 30*time.Second || pauses[10] != time.Minute || pauses[17] != longPause {
		t.Errorf("pauses %v", pauses)
	}
	if p := tries.Pause(at.Add(time.Hour)); p != 0 {
		t.Errorf("an hour later still %v", p)
	}
	if n := tries.Miss(at.Add(time.Hour)).Wrong; n != 1 {
		t.Errorf("an hour later the count goes on at %d", n)
	}
}

func TestCrossing(t *testing.T) {
	for _, c := range []struct {
		home, place    string
		crosses, known bool
	}{{"330108001001", "330108001001", false, true}, {"330108001001", "330108001", false, true}, {"330108001001", "330108001002", true, true}, {"", "330108001001", false, false}} {
		if x, k := (Redemption{Home: c.home, Place: c.place}).Crosses(); x != c.crosses || k != c.known {
			t.Errorf("%q at %q: %v %v", c.home, c.place, x, k)
		}
	}
}

func TestAWrongRewardIsRefusedBesideItsFields(t *testing.T) {
	r := Reward{Limit: 2, Per: "fortnight", To: on(1, 0), From: on(2, 0)}
	got := map[string]bool{}
	for _, f := range fault.Fields(r.Check()) {
		got[f.Field] = true
	}
	for _, field := range []string{"name", "address", "hours", "area", "price", "per", "pickup", "to"} {
		if !got[field] {
			t.Errorf("nothing beside %s: %v", field, got)
		}
	}
	if err := rice().Check(); err != nil {
		t.Error(err)
	}
}
