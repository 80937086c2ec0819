package app

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"gezhi/internal/casework"
	"gezhi/internal/fault"
	"gezhi/internal/idcode"
	"gezhi/internal/lang"
	"gezhi/internal/ledger"
	"gezhi/internal/store"
)

// Board is a community's board of this month: residents who asked to be on it, with masked names and what they
// earned, nothing else. Nobody has a number, staff are never on it, and leaving takes effect at once
// (国办函〔2026〕12 号).
type Board struct {
	Area  string // the community looked at; "" when none is chosen
	Name  lang.Text
	Month time.Time
	Lines []BoardLine
	Mine  string // the community on whose board the viewer is; "" for none
	May   bool   // the viewer is a resident, who may join
}

// BoardLine is one resident.
type BoardLine struct {
	Name   string // masked, the viewer's own too
	Points int64
	Me     bool
}

// The board shows at most boardShown of at most boardRead people.
const (
	boardShown = 30
	boardRead  = 400
)

// Board loads a community's board; "" is the one the viewer is on, or lives in.
func (a *App) Board(ctx context.Context, v Viewer, area string) (Board, error) {
	if !v.Known() {
		return Board{}, v.need(0)
	}
	z, err := a.Zone(ctx, v.Zone)
	if err != nil {
		return Board{}, err
	}
	var b Board
	err = a.db.View(ctx, v.Zone, func(r *store.Reader) error {
		b = Board{Area: area, Month: monthOf(r.Now), May: v.Kind == "resident"}
		if b.Mine, err = r.BoardOf(v.Person); err != nil && fault.KindOf(err) != fault.NotFound {
			return err
		}
		if b.Area == "" {
			p, err := r.Person(v.Person)
			if err != nil {
				return err
			}
			b.Area = cmp.Or(b.Mine, idcode.AncestorAt(p.Area, idcode.Community))
		}
		at, ok := z.Tree.Area(b.Area)
		if !ok || at.Level() != idcode.Community {
			b.Area = ""
			return nil
		}
		b.Name = lang.Text{ZH: at.Name, EN: at.Name}
		b.Lines, err = a.boardLines(r, v, b)
		return err
	})
	return b, err
}

func (a *App) boardLines(r *store.Reader, v Viewer, b Board) ([]BoardLine, error) {
	people, err := r.Board(b.Area, boardRead)
	if err != nil {
		return nil, err
	}
	accounts := make([]ledger.Account, len(people))
	for i, p := range people {
		accounts[i] = PersonAccount(p)
	}
	earned, err := r.Earned(accounts, b.Month, b.Month.AddDate(0, 1, 0))
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(people, func(x, y casework.Person) int {
		return cmp.Compare(earned[PersonAccount(y)], earned[PersonAccount(x)])
	})
	people = slices.DeleteFunc(people, func(p casework.Person) bool { return earned[PersonAccount(p)] == 0 && p != v.Person })
	people = people[:min(len(people), boardShown)]
	rows, err := r.People(people)
	if err != nil {
		return nil, err
	}
	masked := map[casework.Person]string{}
	for _, p := range rows {
		name, _, err := a.open(r.Zone, p)
		if err != nil {
			return nil, err
		}
		masked[p.ID] = idcode.MaskName(name)
	}
	out := make([]BoardLine, len(people))
	for i, p := range people {
		out[i] = BoardLine{masked[p], earned[PersonAccount(p)], p == v.Person}
	}
	return out, nil
}

// JoinBoard puts the viewer on a community's board.
func (a *App) JoinBoard(ctx context.Context, v Viewer, area string) error {
	if v.Kind != "resident" {
		return fault.New(fault.Forbidden, "积分榜只对居民开放，工作人员不上榜。", "Boards are for residents; staff are never on one.")
	}
	z, err := a.Zone(ctx, v.Zone)
	if err != nil {
		return err
	}
	if at, ok := z.Tree.Area(strings.TrimSpace(area)); !ok || at.Level() != idcode.Community {
		return fault.Field("area", "请选择所在的社区（村）。", "Choose your community.")
	}
	return a.db.InTx(ctx, v.Zone, func(tx *store.Tx) error { return tx.JoinBoard(v.Person, area) })
}

// LeaveBoard takes the viewer off any board, at once.
func (a *App) LeaveBoard(ctx context.Context, v Viewer) error {
	if !v.Known() {
		return v.need(0)
	}
	return a.db.InTx(ctx, v.Zone, func(tx *store.Tx) error { return tx.LeaveBoard(v.Person) })
}
