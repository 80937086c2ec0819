package app

import (
	"testing"

	"gezhi/internal/casework"
)

// With nobody to tell a move asks nothing of the database: here there is none it could ask.
func TestNobodyToTellCostsNothing(t *testing.T) {
	if err := announce(nil, &Zone{}, casework.Outcome{Events: make([]casework.Event, 3)}); err != nil {
		t.Error(err)
	}
}
