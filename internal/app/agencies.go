package app

import (
	"context"
	"slices"
	"strings"

	"gezhi/internal/casework"
	"gezhi/internal/fault"
	"gezhi/internal/idcode"
	"gezhi/internal/lang"
	"gezhi/internal/store"
)

// AgencyRoles are what a person can be to an enterprise.
func AgencyRoles() []Named {
	return []Named{{"legal", lang.Text{ZH: "法定代表人（负责人）", EN: "Legal representative"}}, {"agent", lang.Text{ZH: "经办人", EN: "Agent"}}}
}

// Named is a choice with its words.
type Named struct {
	ID   string
	Name lang.Text
}

// Agency is a request to act for an enterprise, with names.
type Agency struct {
	store.Agency
	Who     string // asks, masked where the viewer may not know
	Decider string
}

// AskAgency asks to act for an enterprise, which must be known. note says what shows it.
func (a *App) AskAgency(ctx context.Context, v Viewer, code, role, note, key string) error {
	if !v.Known() {
		return fault.New(fault.Forbidden, "请先登录。", "Please sign in first.")
	}
	var bad fault.List
	code, _, err := idcode.ReviewUSCC(code) // the desk has accepted it, or the enterprise is not known
	bad = append(bad, fault.Fields(asField(err, "code"))...)
	if !slices.ContainsFunc(AgencyRoles(), func(n Named) bool { return n.ID == role }) {
		bad.Add("role", "请选择身份。", "Choose what you are to the enterprise.")
	}
	note, err = words("note", note, 4, 200)
	bad = append(bad, fault.Fields(err)...)
	if err := bad.Err(); err != nil {
		return err
	}
	return a.plain(ctx, v, key, func(e *edit) error {
		if _, err := e.tx.Enterprise(store.Reach{All: true}, code); err != nil {
			if fault.KindOf(err) == fault.NotFound {
				return fault.Field("code", "还没有这家企业的资料，请与政策兑现岗联系。", "Nothing is known of this enterprise yet; ask the policy desk.")
			}
			return err
		}
		e.record("agency.ask", "enterprise:"+code, note, role)
		return e.tx.AddAgency(store.Agency{ID: e.tx.NewID(), Code: code, Person: v.Person, Role: role, Note: note, State: "asked"})
	})
}

// DecideAgency confirms or refuses a request; a refusal says why.
func (a *App) DecideAgency(ctx context.Context, v Viewer, id int64, confirm bool, reason, key string) error {
	if err := v.need(Policies); err != nil {
		return err
	}
	state := "confirmed"
	if !confirm {
		var err error
		if reason, err = words("reason", reason, 4, 200); err != nil {
			return err
		}
		state = "refused"
	}
	return a.agency(ctx, v, id, "asked", state, reason, key)
}

// EndAgency ends that somebody acts for an enterprise: by the desk, or by the person.
func (a *App) EndAgency(ctx context.Context, v Viewer, id int64, reason, key string) error {
	if !v.Can(Policies) {
		if reason = strings.TrimSpace(reason); reason == "" {
			reason = "本人退出"
		}
	}
	reason, err := words("reason", reason, 4, 200)
	if err != nil {
		return err
	}
	return a.agency(ctx, v, id, "confirmed", "ended", reason, key)
}

func (a *App) agency(ctx context.Context, v Viewer, id int64, was, is, reason, key string) error {
	return a.plain(ctx, v, key, func(e *edit) error {
		x, err := e.tx.Agency(id)
		if err != nil {
			return err
		}
		if !v.Can(Policies) && x.Person != v.Person {
			return errNotYours
		}
		if v.Can(Policies) && x.Person == v.Person && is == "confirmed" {
			return fault.New(fault.Forbidden, "本人的申请须由他人核实。", "Somebody else has to confirm your own request.")
		}
		x.State, x.DecidedBy, x.Reason = is, v.Person, strings.TrimSpace(reason)
		e.record("agency."+is, "enterprise:"+x.Code, x.Reason, x.Role)
		return e.tx.DecideAgency(x, was)
	})
}

var errNotYours = fault.New(fault.NotFound, "没有这项申请。", "There is no such request.")

// Agencies are what the viewer has asked for and been confirmed in.
func (a *App) Agencies(ctx context.Context, v Viewer) ([]store.Agency, error) {
	var out []store.Agency
	err := a.db.View(ctx, v.Zone, func(r *store.Reader) (err error) {
		out, err = r.AgenciesOf(v.Person)
		return err
	})
	return out, err
}

// AgenciesAsked are the requests that wait for the desk.
func (a *App) AgenciesAsked(ctx context.Context, v Viewer) ([]Agency, error) {
	return a.agencies(ctx, v, func(r *store.Reader) ([]store.Agency, error) { return r.AgenciesAsked(200) })
}

// AgenciesFor are who acts for an enterprise, and who asked to.
func (a *App) AgenciesFor(ctx context.Context, v Viewer, code string) ([]Agency, error) {
	return a.agencies(ctx, v, func(r *store.Reader) ([]store.Agency, error) { return r.AgenciesFor(code) })
}

func (a *App) agencies(ctx context.Context, v Viewer, load func(*store.Reader) ([]store.Agency, error)) ([]Agency, error) {
	if err := v.need(Policies); err != nil {
		return nil, err
	}
	var out []Agency
	err := a.db.View(ctx, v.Zone, func(r *store.Reader) error {
		list, err := load(r)
		if err != nil {
			return err
		}
		var ids []casework.Person
		for _, x := range list {
			ids = append(ids, x.Person, x.DecidedBy)
		}
		names, err := a.names(r, v, ids)
		out = nil
		for _, x := range list {
			out = append(out, Agency{x, names[x.Person], names[x.DecidedBy]})
		}
		return err
	})
	return out, err
}
