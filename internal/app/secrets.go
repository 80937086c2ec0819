package app

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"gezhi/internal/casework"
	"gezhi/internal/fault"
	"gezhi/internal/lang"
	"gezhi/internal/seal"
	"gezhi/internal/store"
)

// secretPlace binds a secret to its row.
func secretPlace(zone int, id casework.ID, seq int, field string) string {
	return seal.Place(zone, "case_secrets", field, fmt.Sprintf("%d/%d", id, seq))
}

// keepSecrets seals what came with a move and is not for everybody's eyes.
func (a *App) keepSecrets(tx *store.Tx, out casework.Outcome) error {
	for field, value := range out.Secrets {
		s := store.Secret{Seq: out.Events[0].Seq, Field: field}
		var err error
		if s.Value, err = a.ring.Seal(secretPlace(tx.Zone, out.Case.ID, s.Seq, field), value); err != nil {
			return err
		}
		if err := tx.AddSecret(out.Case.ID, s); err != nil {
			return err
		}
	}
	return nil
}

// SecretLine is one thing that is kept secret of a confidential case, in clear.
type SecretLine struct {
	Seq   int // of the event it came with
	Field string
	Label lang.Text
	Value string
}

// secretLabels name what is sealed besides fields.
var secretLabels = map[string]lang.Text{
	casework.SecretText: {ZH: "投诉举报内容", EN: "What was reported"},
	casework.SecretNote: {ZH: "投诉举报人说明", EN: "The reporter's note"},
}

// secrets opens what is kept secret of a case, except what takes a reason to see.
func (a *App) secrets(r *store.Reader, v Viewer, p *casework.Procedure, c casework.Case, kind casework.Sealing) ([]SecretLine, error) {
	list, err := r.Secrets(c, v.Scope())
	if err != nil {
		return nil, err
	}
	var out []SecretLine
	for _, s := range list {
		f, ok := p.Field(s.Field)
		if !ok {
			f.Sealed, f.Label = casework.SealDesk, secretLabels[s.Field]
		}
		if f.Sealed != kind {
			continue
		}
		value, err := a.ring.Open(secretPlace(r.Zone, c.ID, s.Seq, s.Field), s.Value)
		if err != nil {
			return nil, fmt.Errorf("case %d: %s: %w", c.ID, s.Field, err)
		}
		out = append(out, SecretLine{Seq: s.Seq, Field: s.Field, Label: f.Label, Value: value})
	}
	return out, nil
}

// RevealReporter shows who reported a confidential case, and how to reach them, to somebody of a role that may know, who
// must say why. The look is logged.
func (a *App) RevealReporter(ctx context.Context, v Viewer, id casework.ID, reason string) ([]SecretLine, error) {
	reason = strings.TrimSpace(reason)
	if n := utf8.RuneCountInString(reason); n < 4 || n > 200 {
		return nil, fault.Field("reason", "请写明查看理由，4 至 200 个字。", "State why you need to see it, in 4 to 200 characters.")
	}
	z, err := a.Zone(ctx, v.Zone)
	if err != nil {
		return nil, err
	}
	var out []SecretLine
	err = a.db.InTx(ctx, v.Zone, func(tx *store.Tx) error {
		c, err := tx.Case(id, v.Scope())
		if err != nil {
			return err
		}
		p := z.Version(c.Procedure, c.Version)
		if out, err = a.secrets(&tx.Reader, v, p, c, casework.SealContact); err != nil {
			return err
		}
		return tx.AddAudit(store.Audit{ID: tx.NewID(), Actor: v.Person, Action: "reveal_reporter", Subject: "case:" + strconv.FormatInt(int64(id), 10), Reason: reason})
	})
	return out, err
}
