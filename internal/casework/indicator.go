package casework

import (
	"strconv"

	"gezhi/internal/lang"
)

// Indicator is one rate of the evaluation, with its formula in words. The formulas are those of
// running systems for digital urban management; their denominators are what should have been done
// (应…数), not all there is.
type Indicator struct {
	ID      string
	Name    lang.Text
	Formula lang.Text
	Lower   bool // the lower the better
	Of      func(Tally) Rate
}

// Indicators lists the rates in the order they are shown.
func Indicators() []Indicator {
	name := func(zh, en string) lang.Text { return lang.Text{ZH: zh, EN: en} }
	return []Indicator{
		{"handled", name("处置率", "Handled"), name("处置数 ÷ 应处置数", "handled ÷ should be handled"), false,
			func(t Tally) Rate { return Rate{t.Handle.Done(), t.Handle.Should} }},
		{"handled_on_time", name("按期处置率", "Handled on time"), name("按期处置数 ÷ 应处置数", "handled on time ÷ should be handled"), false,
			func(t Tally) Rate { return Rate{t.Handle.OnTime, t.Handle.Should} }},
		{"overdue", name("超期待处置率", "Overdue"), name("超期待处置数 ÷ 应处置数", "overdue and not handled ÷ should be handled"), true,
			func(t Tally) Rate { return Rate{t.Handle.Overdue, t.Handle.Should} }},
		{"rework", name("返工率", "Rework"), name("返工数 ÷ 应结案数", "sent back by verification ÷ should be closed"), true,
			func(t Tally) Rate { return Rate{t.Reworked, t.Close.Should} }},
		{"extended", name("延期率", "Extended"), name("延期数 ÷ 应处置数", "given more time ÷ should be handled"), true,
			func(t Tally) Rate { return Rate{t.Extended, t.Handle.Should} }},
		{"closed", name("结案率", "Closed"), name("结案数 ÷ 应结案数", "closed ÷ should be closed"), false,
			func(t Tally) Rate { return Rate{t.Close.Done(), t.Close.Should} }},
		{"closed_on_time", name("按期结案率", "Closed on time"), name("按期结案数 ÷ 应结案数", "closed, handled on time ÷ should be closed"), false,
			func(t Tally) Rate { return Rate{t.Close.OnTime, t.Close.Should} }},
		{"closed_late", name("超期结案率", "Closed late"), name("超期结案数 ÷ 应结案数", "closed, handled late ÷ should be closed"), true,
			func(t Tally) Rate { return Rate{t.Close.Late, t.Close.Should} }},
		{"open", name("未结案率", "Not closed"), name("未结案数 ÷ 上报数", "not closed ÷ reported"), true,
			func(t Tally) Rate { return Rate{t.Open, t.Reported} }},
		{"effective", name("有效上报率", "Effective reports"), name("有效上报数 ÷ 上报数", "filed ÷ reported"), false,
			func(t Tally) Rate { return Rate{t.Effective, t.Reported} }},
		{"filed", name("立案率", "Filed"), name("立案数 ÷ 受理数", "filed ÷ accepted"), false,
			func(t Tally) Rate { return Rate{t.Filed, t.Accepted} }},
		{"filed_on_time", name("按时立案率", "Filed on time"), name("按时立案数 ÷ 应立案数", "filed on time ÷ should be filed"), false,
			func(t Tally) Rate { return Rate{t.File.OnTime, t.File.Should} }},
		{"accepted_on_time", name("按期受理率", "Accepted on time"), name("按期受理数 ÷ 应受理数", "accepted on time ÷ should be accepted"), false,
			func(t Tally) Rate { return Rate{t.Accept.OnTime, t.Accept.Should} }},
		{"verified_on_time", name("按期核实率", "Looked at on time"), name("按时核实数 ÷ 应核实数", "checked on site on time ÷ should be checked on site"), false,
			func(t Tally) Rate { return Rate{t.Verify.OnTime, t.Verify.Should} }},
		{"dispatched_on_time", name("按期派遣率", "Dispatched on time"), name("按时派遣数 ÷ 应派遣数", "dispatched on time ÷ should be dispatched"), false,
			func(t Tally) Rate { return Rate{t.Dispatch.OnTime, t.Dispatch.Should} }},
		{"dispatched_right", name("准确派遣率", "Dispatched accurately"), name("未被退回的派遣数 ÷ 应派遣数", "dispatched and never returned ÷ should be dispatched"), false,
			func(t Tally) Rate { return Rate{t.Dispatch.Done() - t.Returned, t.Dispatch.Should} }},
		{"checked_on_time", name("按期核查率", "Verified on time"), name("按时核查数 ÷ 应核查数", "verified on time ÷ should be verified"), false,
			func(t Tally) Rate { return Rate{t.Check.OnTime, t.Check.Should} }},
		{"on_the_spot", name("自办率", "Handled on the spot"), name("自行处置数 ÷ 应结案数", "handled on the spot ÷ should be closed"), false,
			func(t Tally) Rate { return Rate{t.OnTheSpot, t.Close.Should} }},
		{"satisfied", name("满意率", "Satisfied"), name("满意及以上件数 ÷ 参评件数", "rated satisfied or better ÷ rated"), false,
			func(t Tally) Rate { return Rate{t.Satisfied, t.Rated} }},
	}
}

// Part is one line of a weighted score. An indicator that is better lower scores 1 − rate.
type Part struct {
	Indicator string
	Weight    int64 // points of 100
}

// Jinniu is the weighting published for Jinniu district of Chengdu (成都金牛区“数字城管”体征), as an
// example for operators: handled 30, on time 20, rework 20, overdue 20, extended 10.
func Jinniu() []Part {
	return []Part{{"handled", 30}, {"handled_on_time", 20}, {"rework", 20}, {"overdue", 20}, {"extended", 10}}
}

// Score is a weighted sum. Parts without a value count neither in Got nor in Of, so that a unit with
// nothing to do is neither praised nor blamed; both are in hundredths of a point.
type Score struct{ Got, Of int64 }

// ScoreOf adds up the parts over a tally.
func ScoreOf(t Tally, parts []Part) Score {
	var s Score
	for _, part := range parts {
		for _, in := range Indicators() {
			if in.ID != part.Indicator {
				continue
			}
			r := in.Of(t)
			if r.Of == 0 {
				continue
			}
			if in.Lower {
				r.Part = r.Of - r.Part
			}
			s.Got += part.Weight * 100 * r.Part / r.Of
			s.Of += part.Weight * 100
		}
	}
	return s
}

// String is the score out of 100 with two decimals, — when no part has a value.
func (s Score) String() string {
	if s.Of == 0 {
		return "—"
	}
	v := (s.Got*20000/s.Of + 1) / 2
	return strconv.FormatInt(v/100, 10) + "." + strconv.FormatInt(100+v%100, 10)[1:]
}
