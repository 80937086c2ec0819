package casework

import (
	"strconv"
	"strings"

	"gezhi/internal/fault"
)

// subject is one who may have a bad record, as fields say it: uscc=9133…, or person=张三+tail=1234. "" while a field is empty.
func subject(word string, fields ...map[string]string) string {
	var parts []string
	for _, id := range strings.Split(word, "+") {
		v := ""
		for _, f := range fields {
			if f[id] != "" {
				v = strings.ToUpper(strings.Join(strings.Fields(f[id]), ""))
			}
		}
		if v == "" {
			return ""
		}
		parts = append(parts, id+"="+v)
	}
	return strings.Join(parts, "+")
}

// checkClean refuses a move for somebody who has a bad record.
func (p *Procedure) checkClean(bad *fault.List, c *Case, m *Move, kept map[string]string, env *Env) error {
	if len(m.Clean) == 0 || env.Record == nil {
		return nil
	}
	named := false
	for _, word := range m.Clean {
		s := subject(word, c.Fields, kept)
		if s == "" {
			continue
		}
		named = true
		number, found, err := env.Record(s)
		if err != nil {
			return err
		}
		if found {
			id, _, _ := strings.Cut(word, "+")
			bad.Add(id, "此前在 %[1]s 号办件中作出虚假承诺，信用修复前不适用告知承诺，请按一般程序办理。",
				"A false commitment was made in case %[1]s; until the record is repaired this way is closed. Please use the ordinary procedure.", number)
		}
	}
	if !named {
		id, _, _ := strings.Cut(m.Clean[0], "+")
		bad.Add(id, "请填写能确认申请人身份的信息，用于核对信用记录。", "Please say who the applicant is, so that the record can be checked.")
	}
	return nil
}

// record asks for the bad records the move makes, or repairs.
func (s *step) record() {
	if s.signed {
		return
	}
	key := strconv.FormatInt(int64(s.next.ID), 10) + "/" + strconv.Itoa(s.next.Events)
	for _, word := range s.m.Records {
		if x := subject(word, s.next.Fields); x != "" {
			s.out.Effects = append(s.out.Effects, Effect{Kind: EffectRecord, Key: "record/" + key + "/" + word, Subject: x})
		}
	}
	if s.m.Repairs {
		s.out.Effects = append(s.out.Effects, Effect{Kind: EffectRepair, Key: "repair/" + key})
	}
}

// records checks that the fields which name those with a bad record exist, and that what is recorded can be asked for.
func (c *checker) records() {
	for _, m := range c.moves() {
		for _, word := range append(append([]string{}, m.Clean...), m.Records...) {
			for _, id := range strings.Split(word, "+") {
				c.field(m.Line, id)
			}
		}
	}
}
