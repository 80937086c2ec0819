package app

import (
	"context"
	"maps"
	"slices"
	"strconv"

	"gezhi/internal/casework"
	"gezhi/internal/fault"
	"gezhi/internal/idcode"
	"gezhi/internal/lang"
	"gezhi/internal/policy"
	"gezhi/internal/store"
)

// Said is what became of one statement of another system.
type Said struct {
	Code     string
	N        int  // of the statement within the enterprise
	Repeated bool // the same had been said before, and stands
	Err      error
}

// SayAll keeps what another system says of enterprises, each statement accepted or refused on its own; refused are those that could
// not be read, by place. One that was sent before is not kept again.
func (a *App) SayAll(ctx context.Context, c Caller, list []Saying, refused map[int]error) ([]Said, error) {
	if err := c.need(EnterprisesWrite); err != nil {
		return nil, err
	}
	z, err := a.Zone(ctx, c.Zone)
	if err != nil {
		return nil, err
	}
	var out []Said
	err = a.db.InTx(ctx, c.Zone, func(tx *store.Tx) error {
		out = make([]Said, len(list))
		codes := make([]string, len(list))
		for i, s := range list {
			codes[i], _, _ = idcode.ReviewUSCC(s.Code)
		}
		known, err := tx.EnterprisesOf(codes)
		if err != nil {
			return err
		}
		said, err := tx.StatementsOf(codes)
		if err != nil {
			return err
		}
		var fresh []store.NewStatement
		for i, s := range list {
			out[i] = Said{Code: codes[i], Err: refused[i]}
			if out[i].Err != nil {
				continue
			}
			was, ok := known[codes[i]]
			x, err := s.read(z.Policies, ok, policyDay(tx.Now), was.Accepted)
			if err != nil {
				out[i].Err = err
				continue
			}
			if n := saidBefore(said[x.Code], x.Statement); n > 0 {
				out[i].N, out[i].Repeated = n, true
				continue
			}
			was.Code, was.Statements = x.Code, was.Statements+1
			known[x.Code], x.N = was, was.Statements
			said[x.Code] = append(said[x.Code], x.Statement)
			out[i].N, fresh = x.N, append(fresh, x)
		}
		if len(fresh) == 0 {
			return nil
		}
		if err := tx.AddStatements(fresh); err != nil {
			return err
		}
		return tx.AddAudit(store.Audit{ID: tx.NewID(), Action: "enterprise.say", Subject: "key:" + strconv.Itoa(c.Key), Reason: c.Name, Detail: strconv.Itoa(len(fresh))})
	})
	return out, err
}

// saidBefore is the number of a statement that says the same and was not taken back; 0 for none.
func saidBefore(list []policy.Statement, s policy.Statement) int {
	for _, x := range list {
		if x.Source == s.Source && x.AsOf == s.AsOf && x.Withdraws == 0 && maps.Equal(x.Values, s.Values) &&
			!slices.ContainsFunc(list, func(b policy.Statement) bool { return b.Withdraws == x.N }) {
			return x.N
		}
	}
	return 0
}

// FactsFor is what is known of an enterprise, for another system.
func (a *App) FactsFor(ctx context.Context, c Caller, code string, l lang.Lang) (EnterprisePage, error) {
	if err := c.need(EnterprisesRead); err != nil {
		return EnterprisePage{}, err
	}
	if !looksUp(code) {
		return EnterprisePage{}, errUnknownEnterprise
	}
	return a.EnterprisePage(ctx, c.reader(), code, l)
}

// VerdictsFor is what an enterprise may have and why not the rest, for another system. States are those of rules.
func (a *App) VerdictsFor(ctx context.Context, c Caller, code string, l lang.Lang) (Verdicts, error) {
	if err := c.need(EnterprisesRead); err != nil {
		return Verdicts{}, err
	}
	if !looksUp(code) {
		return Verdicts{}, errUnknownEnterprise
	}
	return a.Verdicts(ctx, c.reader(), code, l)
}

var errUnknownEnterprise = fault.New(fault.NotFound, "没有这家企业的资料。", "Nothing is known of this enterprise.")

// reader is a viewer with the desk's view of enterprises, as a key with the scope has it.
func (c Caller) reader() Viewer {
	return Viewer{Zone: c.Zone, Duties: []casework.Duty{{Role: RolePolicyDesk, Area: zoneCode(c.Zone)}}}
}

// All are the verdicts in the order of the book.
func (o Verdicts) All() []VerdictLine {
	out := slices.Concat(o.Can, o.Near, o.Missing, o.Not)
	slices.SortFunc(out, func(a, b VerdictLine) int { return a.Item.Line - b.Item.Line })
	return out
}
