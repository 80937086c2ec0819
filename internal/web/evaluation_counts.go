package web

import (
	"gezhi/internal/casework"
	"gezhi/internal/lang"
)

var totalName = lang.Text{ZH: "合计", EN: "Total"}

// tallyCount is one of the counts an exported evaluation carries.
type tallyCount struct {
	zh, en string
	of     func(casework.Tally) int64
}

// counts are the counts behind the rates, in the order of the process.
func counts() []tallyCount {
	return []tallyCount{
		{"上报数", "Reported", func(t casework.Tally) int64 { return t.Reported }},
		{"有效上报数", "Effective", func(t casework.Tally) int64 { return t.Effective }},
		{"受理数", "Accepted", func(t casework.Tally) int64 { return t.Accepted }},
		{"立案数", "Filed", func(t casework.Tally) int64 { return t.Filed }},
		{"应核实数", "To check", func(t casework.Tally) int64 { return t.Verify.Should }},
		{"应受理数", "To accept", func(t casework.Tally) int64 { return t.Accept.Should }},
		{"应立案数", "To file", func(t casework.Tally) int64 { return t.File.Should }},
		{"应派遣数", "To dispatch", func(t casework.Tally) int64 { return t.Dispatch.Should }},
		{"应处置数", "To handle", func(t casework.Tally) int64 { return t.Handle.Should }},
		{"处置数", "Handled", func(t casework.Tally) int64 { return t.Handle.Done() }},
		{"按期处置数", "Handled on time", func(t casework.Tally) int64 { return t.Handle.OnTime }},
		{"超期待处置数", "Overdue", func(t casework.Tally) int64 { return t.Handle.Overdue }},
		{"延期数", "Extended", func(t casework.Tally) int64 { return t.Extended }},
		{"应核查数", "To verify", func(t casework.Tally) int64 { return t.Check.Should }},
		{"应结案数", "To close", func(t casework.Tally) int64 { return t.Close.Should }},
		{"结案数", "Closed", func(t casework.Tally) int64 { return t.Close.Done() }},
		{"按期结案数", "Closed on time", func(t casework.Tally) int64 { return t.Close.OnTime }},
		{"返工数", "Reworked", func(t casework.Tally) int64 { return t.Reworked }},
		{"自行处置数", "On the spot", func(t casework.Tally) int64 { return t.OnTheSpot }},
		{"存量超期数", "Backlog", func(t casework.Tally) int64 { return t.Backlog }},
		{"参评件数", "Rated", func(t casework.Tally) int64 { return t.Rated }},
		{"满意件数", "Satisfied", func(t casework.Tally) int64 { return t.Satisfied }},
	}
}
