package territory

import (
	"gezhi/internal/lang"
)

// Unit is a public body, company or committee that can answer for matters.
type Unit struct {
	Code string
	Name lang.Text
	Kind string // bureau, company, street, community … as the pack says
	// Area is the subtree the unit serves.
	Area string
	Span
	// Example marks a unit of the example establishment, to be replaced by the operator's own.
	Example bool
}

// Role is something a person does at a desk rather than in a post: acceptor, dispatcher, supervisor.
type Role struct {
	ID     string
	Name   lang.Text
	Levels []Level // of the areas at which the role exists; none for a role held in a unit
}
