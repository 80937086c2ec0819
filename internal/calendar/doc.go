// Package calendar is the engine behind every deadline: four units of time over the State Council's
// working calendar. It is pure: values in, values out, no clock of its own.
//
// # The four units
//
// A working day is Monday to Friday unless a holiday, or a make-up day (调休上班). Every limit is a
// budget, and every unit is a rule that says which instants consume it:
//
//	unit         budget of n             consumed by                                       never suspended, ends at
//	urgent_hour  n hours                 every instant                                     start + n hours
//	work_hour    n hours                 working hours of working days                     the first instant at which they have elapsed
//	work_day     n × the hours of a day  the same, from the day after the start            closing time of the nth working day
//	natural_day  n × 24 hours            every instant, from 00:00 of the day after the    24:00 of the nth day, or of the next
//	                                     start; the last 24 hours only on working days     working day when that is off
//	natural_day! n × 24 hours            every instant, from 00:00 of the day after        24:00 of the nth day
//
// The day of starting is not counted (民法典 201), closing time ends the last day of a working-day limit
// and 24:00 that of a natural-day limit (203 (2)), and a last day that is off gives way to the next
// working day (203 (1)). Due is the first instant at which the budget is consumed: a limit that ends
// exactly at closing time is due at closing time, not the next morning; 24:00 is 00:00 of the next day.
//
// # Suspension
//
// A suspended clock consumes nothing, to the millisecond, in every unit. A clock in working days that is
// suspended from Wednesday 11:00 to Thursday 11:00 has lost one working day and is due one later, at closing
// time; suspended on Wednesday from 11:00 to 16:00 it has lost half a day (3.5 of 7 hours) and is due half
// a working day later, at 14:00: the rest of a day is a rest, not a day. The alternatives were worse.
// Not counting a day that was suspended for any part lets one minute a day stop a clock for good, and
// counting it whole takes hours from those who wait for an answer; rounding the end up to closing time
// makes Due differ from 100 %, and gives a little time away with each suspension. The rule here has no
// such seams: two suspensions back to back equal one, a suspension moves Due by exactly the consuming
// time it covers and never forward, one outside working hours or on the day of starting (which consume
// nothing) moves a working-day limit not at all, and without suspension Due is the law's.
//
// For natural days that roll, 203 (1) says that the next working day becomes the last day. Hence the
// rule in the table: the last 24 hours of the budget are consumed on working days only, while the days
// before run through weekends as natural days do.
//
// # Percent
//
// Percent is consumed ÷ budget, so 80 % of a work_day limit is 80 % of its working minutes: of 5
// working days, closing time of the 4th; of 1, 80 % through the day's working hours. 80 % of natural
// days and urgent hours is 80 % of that time by the clock on the wall; in the days off before a moved last day
// natural days stand still. Beyond 100 % the same time goes on: 150 % of 2 working days is closing time
// of the 3rd. Only natural days past Due run through days off again, since no last day is left to move.
//
// # Changes
//
// An extension adds to the budget, as if the limit had been longer from the start. A calendar that
// changes (a notice is published, hours move) is applied to the clock's runs from the start, see
// Clock.Reproject. Both follow from keeping when the clock ran, and not only what was left.
//
// Days of years that are not published count as Monday to Friday, and what rests on one is provisional.
package calendar
