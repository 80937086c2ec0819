// Package rules decides who may have what: policy items whose conditions are typed data, over profiles of enterprises in
// which any value may be unknown. It answers eligible, not eligible or cannot say, with the conditions that fail or the
// values that are missing, and amounts as exact integers. There is no floating point in it.
//
// A Book is what a file says. A Plan is a book as of a day: parameters and periods have become numbers. A plan decides one
// profile at a time by closures (Decide), or all profiles of a Table at once by bitmaps (Matrix): equal conditions of all items are
// one test, worked out for 4,096 profiles at a time from columns that are kept digit by digit. Both agree with each other, and with a slow interpreter in the tests that shares no code with them.
package rules
