package target

// Month is what is known of one month of a project. Amounts are 分 and not negative.
type Month struct {
	Month   int   // 202611
	Plan    int64 // -1 when the month has no plan of its own
	Actual  int64 // -1 when nothing was reported
	Started bool  // work has begun
	Entered bool  // entered in the statistics of investment
	Short   bool  // less was paid than required
}

// Figures are what a light is worked out from, as of a month. Amounts are 分 and not negative.
type Figures struct {
	Month      int   // 202611
	Plan       int64 // plan to date within the year (序时进度)
	Actual     int64 // done to date within the year
	Year       int64 // planned for the whole year
	Behind     int64
	NotStarted int64
	NotEntered int64
	LackFunds  int64
	NotAsked   int64
}

// Course is a project's months and plan of one year.
type Course struct {
	Months   []Month // of that year and before, in order of time, each once
	YearPlan int64   // 分; 0 when none was set
	StartDue int     // month in which work is to begin, 202603; 0 when nobody said
	From     int     // month since which it has been reporting; 0 when nobody said
}

// later is the month n months after m.
func later(m, n int) int {
	k := m/100*12 + m%100 - 1 + n
	return k/12*100 + k%12 + 1
}

// span is how many months lie between two, both counted; 0 or less when the second is before the first.
func span(from, to int) int64 {
	return int64(to/100*12 + to%100 - from/100*12 - from%100 + 1)
}

// month finds a month; one that nobody spoke of has neither plan nor actual.
func (c Course) month(m int) Month {
	for _, x := range c.Months {
		if x.Month == m {
			return x
		}
	}
	return Month{Month: m, Plan: -1, Actual: -1}
}

// Planned is what was planned for a month: its own plan, or its twelfth of the year's plan, such that the twelve of
// them come to the whole.
func (c Course) Planned(m int) int64 {
	if x := c.month(m); x.Plan >= 0 {
		return x.Plan
	}
	n := int64(m % 100)
	return twelfths(c.YearPlan, n) - twelfths(c.YearPlan, n-1)
}

// twelfths is n twelfths of an amount, rounded down.
func twelfths(amount, n int64) int64 { return amount/12*n + amount%12*n/12 }

// At works out the figures as of a month.
func (c Course) At(m int) Figures {
	f := Figures{Month: m, Year: c.YearPlan}
	first := m/100*100 + 1
	for k := first; k <= m; k++ {
		f.Plan += c.Planned(k)
		f.Actual += max(0, c.month(k).Actual)
	}
	if f.Year == 0 {
		for k := first; k < first+12; k++ {
			f.Year += c.Planned(k)
		}
	}
	f.Behind, f.NotAsked = c.behind(m), c.silent(m)
	started, entered := 0, false
	for _, x := range c.Months {
		if x.Month > m || x.Actual < 0 {
			continue
		}
		if x.Started && started == 0 {
			started = x.Month
		}
		entered = entered || x.Entered
		f.LackFunds = 0
		if x.Short {
			f.LackFunds = 1
		}
	}
	if started == 0 && c.StartDue != 0 {
		f.NotStarted = max(0, span(c.StartDue, m))
	}
	if started != 0 && !entered {
		f.NotEntered = span(started, m) - 1
	}
	return f
}

// behind counts the months of the year up to m in a row that missed what was planned for them.
func (c Course) behind(m int) (n int64) {
	for k := m; k > m/100*100; k-- {
		if plan := c.Planned(k); plan == 0 || max(0, c.month(k).Actual) >= plan {
			return n
		}
		n++
	}
	return n
}

// silent counts the months up to m in a row that were not reported, of those since reporting began.
func (c Course) silent(m int) (n int64) {
	for k := m; c.From != 0 && k >= c.From && c.month(k).Actual < 0; k = later(k, -1) {
		n++
	}
	return n
}
