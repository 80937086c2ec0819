package casework

import (
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"gezhi/internal/fault"
)

// Sealing says how far a field of a confidential case is kept secret.
type Sealing string

// A sealed field is kept apart from the case, encrypted, and never shown to those who handle it.
const (
	SealDesk    Sealing = "desk"    // those who may know the reporter read it on the page
	SealContact Sealing = "contact" // they read it after giving a reason, which is logged
)

// The names under which what the reporter wrote is sealed besides the fields.
const (
	SecretText = "text"
	SecretNote = "note"
)

// FieldSealed is the field of an event that lists what was sealed with it, joined by commas.
const FieldSealed = "sealed"

// Concealed stands for the reporter of a confidential case in whatever is shown to others.
const Concealed Person = -1

// Confidential reports whether cases of the procedure keep secret who reported them.
func (p *Procedure) Confidential() bool { return len(p.Sealed) > 0 }

// seal takes out of the move what is to be kept secret: sealed fields, and the words of the reporter.
func (s *step) seal() {
	if !s.p.Confidential() {
		return
	}
	secrets := map[string]string{}
	opening := s.before.Revision == 0
	for _, w := range s.m.Fields {
		if v := s.fields[w.Field.ID]; w.Field.Sealed != "" && v != "" {
			secrets[w.Field.ID] = v
		}
	}
	if (opening || (s.by.Person != 0 && s.by.Person == s.before.Reporter)) && s.cmd.Note != "" {
		secrets[SecretNote] = s.cmd.Note
		silent := *s.cmd
		silent.Note = ""
		s.cmd = &silent
	}
	if opening && s.next.Text != "" {
		secrets[SecretText] = s.next.Text
		s.next.Text = ""
	}
	if len(secrets) == 0 {
		return
	}
	kept := map[string]string{FieldSealed: strings.Join(slices.Sorted(maps.Keys(secrets)), ",")}
	for id, v := range s.fields {
		if secrets[id] == "" {
			kept[id] = v
		}
	}
	s.fields, s.out.Secrets = kept, secrets
}

// Conceal is the case as somebody sees it who must not learn who reported it: without the reporter, and without what the
// reporter attached. Events are those of its history, or nil.
func (c Case) Conceal(events []Event) (Case, []Event) {
	reporter := c.Reporter
	c.Reporter, c.Text, c.Place.Address, c.Place.HasPoint = 0, "", "", false
	c.Holder, c.Previous = concealHolder(c.Holder), concealHolder(c.Previous)
	c.Held, c.Did = maps.Clone(c.Held), maps.Clone(c.Did)
	for stage, h := range c.Held {
		c.Held[stage] = concealHolder(h)
	}
	for move, who := range c.Did {
		if who == reporter {
			c.Did[move] = Concealed
		}
	}
	events = slices.Clone(events)
	for i := range events {
		e := &events[i]
		e.Holder = concealHolder(e.Holder)
		if i == 0 || (reporter != 0 && e.Actor == reporter) {
			e.Note, e.Photos = "", nil
		}
		if reporter != 0 && e.Actor == reporter {
			e.Actor, e.Duty = Concealed, Duty{}
		}
		if e.Fields[FieldSealed] != "" {
			e.Fields = maps.Clone(e.Fields)
			delete(e.Fields, FieldSealed)
		}
	}
	return c, events
}

// concealHolder keeps that it is the reporter's turn, not who that is.
func concealHolder(h Holder) Holder {
	if h.Role == RoleReporter {
		h.Unit = ""
	}
	return h
}

// checkText refuses an opening of a confidential case without words: what it is about is told by its category, what
// happened by the reporter.
func (p *Procedure) checkText(bad *fault.List, c *Case) {
	if n := utf8.RuneCountInString(c.Text); p.Confidential() && c.Parent == 0 && (n < 4 || n > MaxText) {
		bad.Add("text", "请用 4 至 %d 个字写明具体问题、诉求和理由。", "Describe the problem, what you ask for and why, in 4 to %d characters.", MaxText)
	}
}
