package app

import (
	"context"
	"encoding/base32"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"gezhi/internal/calendar"
	"gezhi/internal/casework"
	"gezhi/internal/fault"
	"gezhi/internal/idcode"
	"gezhi/internal/store"
	"gezhi/internal/territory"
)

// MyStation is where a rider or courier belongs; the zero Station when nowhere.
type MyStation struct {
	store.Station
	Since time.Time
	Path  string
}

// MyStation loads the viewer's station.
func (a *App) MyStation(ctx context.Context, v Viewer) (MyStation, error) {
	if !v.Known() {
		return MyStation{}, v.need(0)
	}
	z, err := a.Zone(ctx, v.Zone)
	if err != nil {
		return MyStation{}, err
	}
	var out MyStation
	err = a.db.View(ctx, v.Zone, func(r *store.Reader) error {
		out = MyStation{}
		s, since, err := r.StationOf(v.Person)
		if err == nil {
			out = MyStation{s, since, z.Tree.Path(s.Area)}
		} else if fault.KindOf(err) != fault.NotFound {
			return err
		}
		return nil
	})
	return out, err
}

// JoinStation makes the viewer a member of the station with the code. It takes the person's own consent and nothing
// else: no shifts, no positions, no numbers of orders.
func (a *App) JoinStation(ctx context.Context, v Viewer, code string, consent bool) error {
	if v.Kind != "resident" {
		return fault.New(fault.Forbidden, "站点供骑手、快递员以本人手机号加入。", "Stations are for riders and couriers who sign in with their phone.")
	}
	var bad fault.List
	code = strings.ToUpper(strings.NewReplacer(" ", "", "-", "").Replace(code))
	if code == "" {
		bad.Add("code", "请填写站点码。", "Enter the station's code.")
	}
	if !consent {
		bad.Add("consent", "需要您本人同意后才能加入。", "This takes your own consent.")
	}
	if err := bad.Err(); err != nil {
		return err
	}
	return a.db.InTx(ctx, v.Zone, func(tx *store.Tx) error {
		s, err := tx.StationByCode(code)
		if err != nil {
			return err
		}
		if was, _, err := tx.StationOf(v.Person); err == nil && was.ID == s.ID {
			return nil
		}
		if err := tx.JoinStation(v.Person, s.ID); err != nil {
			return err
		}
		return markEarner(tx, v.Person, "rider", true)
	})
}

// LeaveStation ends the viewer's membership at once; what the person reported and earned stays.
func (a *App) LeaveStation(ctx context.Context, v Viewer) error {
	if !v.Known() {
		return v.need(0)
	}
	return a.db.InTx(ctx, v.Zone, func(tx *store.Tx) error {
		if err := tx.LeaveStation(v.Person); err != nil {
			return err
		}
		return markEarner(tx, v.Person, "rider", false)
	})
}

// StationDesk is what those who look after stations see: how many belong to each, never who.
type StationDesk struct {
	Lines       []StationLine
	Communities []territory.Area // where a station can be entered
	Reports     int              // of all stations' riders together in this area this month
	Volunteers  int              // registered in this area
	Month       time.Time
}

// StationLine is one station.
type StationLine struct {
	store.Station
	Path string
}

// organiserAreas are the communities and areas in which the viewer organises as a community.
func (z *Zone) organiserAreas(v Viewer) []string {
	var out []string
	for _, h := range z.Hosts(v) {
		if h.Unit == "" {
			out = append(out, h.Area)
		}
	}
	return out
}

// StationDesk loads the stations of the viewer's communities.
func (a *App) StationDesk(ctx context.Context, v Viewer) (StationDesk, error) {
	z, err := a.Zone(ctx, v.Zone)
	if err != nil {
		return StationDesk{}, err
	}
	areas := z.organiserAreas(v)
	if len(areas) == 0 {
		return StationDesk{}, fault.New(fault.Forbidden, "站点由社区维护。", "Communities look after stations.")
	}
	var out StationDesk
	err = a.db.View(ctx, v.Zone, func(r *store.Reader) error {
		out = StationDesk{Month: monthOf(r.Now)}
		for _, area := range areas {
			list, err := r.Stations(area)
			if err != nil {
				return err
			}
			for _, s := range list {
				out.Lines = append(out.Lines, StationLine{s, z.Tree.Path(s.Area)})
			}
			n, err := r.RiderReports(area, out.Month, out.Month.AddDate(0, 1, 0))
			if err != nil {
				return err
			}
			out.Reports += n
			if n, err = r.VolunteerCount(area); err != nil {
				return err
			}
			out.Volunteers += n
			out.Communities = append(out.Communities, z.CommunitiesUnder(area)...)
		}
		return nil
	})
	return out, err
}

// monthOf is the first instant of the month.
func monthOf(t time.Time) time.Time {
	t = t.In(calendar.Zone())
	return time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, calendar.Zone())
}

// needStation refuses whoever does not look after stations of the area.
func (a *App) needStation(ctx context.Context, v Viewer, area string) (*Zone, error) {
	z, err := a.Zone(ctx, v.Zone)
	if err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(z.organiserAreas(v), func(top string) bool { return strings.HasPrefix(area, top) }) {
		return nil, fault.New(fault.Forbidden, "该区域的站点不由您维护。", "Another community looks after stations there.")
	}
	return z, nil
}

// AddStation enters a station of a delivery platform in the viewer's community.
func (a *App) AddStation(ctx context.Context, v Viewer, s store.Station) (store.Station, error) {
	s.Platform, s.Name = strings.TrimSpace(s.Platform), strings.TrimSpace(s.Name)
	var bad fault.List
	if n := utf8.RuneCountInString(s.Platform); n < 2 || n > 30 {
		bad.Add("platform", "请填写平台名称，2 至 30 个字。", "Name the platform in 2 to 30 characters.")
	}
	if n := utf8.RuneCountInString(s.Name); n < 2 || n > 30 {
		bad.Add("name", "请填写站点名称，2 至 30 个字。", "Name the station in 2 to 30 characters.")
	}
	z, err := a.needStation(ctx, v, s.Area)
	if err != nil {
		return s, err
	}
	if at, ok := z.Tree.Area(s.Area); !ok || at.Level() < idcode.Community {
		bad.Add("area", "请选择站点所在的社区（村）。", "Choose the community it lies in.")
	}
	if err := bad.Err(); err != nil {
		return s, err
	}
	err = a.db.InTx(ctx, v.Zone, func(tx *store.Tx) error {
		s.ID, s.By = tx.NewID(), v.Person
		s.Code = a.stationCode(tx)
		return tx.AddStation(s)
	})
	return s, err
}

// stationCode is a fresh code: eight letters and digits, which nobody can tell from the station's number.
func (a *App) stationCode(tx *store.Tx) string {
	const letters = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
	sum := a.ring.Hash("station code", zoneCode(tx.Zone)+"/"+strconv.FormatInt(tx.NewID(), 10))
	return base32.NewEncoding(letters).WithPadding(base32.NoPadding).EncodeToString(sum[:5])
}

// RenewStationCode gives a station another code, when the one on its wall got about.
func (a *App) RenewStationCode(ctx context.Context, v Viewer, id int64) error {
	return a.onStation(ctx, v, id, func(tx *store.Tx) error { return tx.SetStationCode(id, a.stationCode(tx)) })
}

// CloseStation ends a station and with it its members' consent.
func (a *App) CloseStation(ctx context.Context, v Viewer, id int64) error {
	return a.onStation(ctx, v, id, func(tx *store.Tx) error { return tx.CloseStation(id) })
}

func (a *App) onStation(ctx context.Context, v Viewer, id int64, fn func(tx *store.Tx) error) error {
	var area string
	err := a.db.View(ctx, v.Zone, func(r *store.Reader) error {
		s, err := r.Station(id)
		area = s.Area
		return err
	})
	if err != nil {
		return err
	}
	if _, err := a.needStation(ctx, v, area); err != nil {
		return err
	}
	return a.db.InTx(ctx, v.Zone, fn)
}

// rider reports whether a case's reporter belonged to a station when it was opened. Whoever is not at a desk is
// not told.
func rider(r *store.Reader, v Viewer, c casework.Case) (bool, error) {
	if v.Kind != "staff" || !v.Can(WorkDesk) || c.Reporter == 0 || c.Reporter == v.Person {
		return false, nil
	}
	return r.WasRider(c.Reporter, c.Opened)
}
