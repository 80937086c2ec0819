package store

import (
	"time"

	"gezhi/internal/casework"
	"gezhi/internal/fault"
)

// Station is a delivery platform's station, to which riders and couriers belong by their own consent.
type Station struct {
	ID       int64
	Platform string
	Name     string
	Area     string
	Code     string // shown at the station; who has it can join
	At       time.Time
	By       casework.Person
	Closed   time.Time
	Members  int // now
}

const stationColumns = `s.id, s.platform, s.name, s.area, s.code, s.at, s.by_person, s.closed_at,
	(SELECT COUNT(*) FROM station_people p WHERE p.zone=s.zone AND p.station=s.id AND p.to_at=0)`

func scanStation(rows *Rows) (s Station, err error) {
	var when, closed int64
	err = rows.Scan(&s.ID, &s.Platform, &s.Name, &s.Area, &s.Code, &when, &s.By, &closed, &s.Members)
	s.At, s.Closed = ms(when), ms(closed)
	return s, err
}

var errNoStation = fault.New(fault.NotFound, "没有这个站点。", "There is no such station.")

// AddStation stores a new station. Two stations cannot share a code.
func (tx *Tx) AddStation(s Station) error {
	return tx.mustChange(errStale, `INSERT INTO stations (zone, id, platform, name, area, code, at, by_person) VALUES ($1,$2,$3,$4,$5,$6,$7,$8) ON CONFLICT (zone, code) DO NOTHING`,
		tx.Zone, s.ID, s.Platform, s.Name, s.Area, s.Code, at(tx.Now), int64(s.By))
}

// SetStationCode gives a station another code, so that the one known before lets nobody in any more.
func (tx *Tx) SetStationCode(id int64, code string) error {
	return tx.mustChange(errNoStation, `UPDATE stations SET code=$1 WHERE zone=$2 AND id=$3 AND closed_at=0`, code, tx.Zone, id)
}

// CloseStation ends a station; its members' consent ends with it.
func (tx *Tx) CloseStation(id int64) error {
	if err := tx.mustChange(errNoStation, `UPDATE stations SET closed_at=$1 WHERE zone=$2 AND id=$3 AND closed_at=0`, at(tx.Now), tx.Zone, id); err != nil {
		return err
	}
	return tx.exec(`UPDATE station_people SET to_at=$1 WHERE zone=$2 AND station=$3 AND to_at=0`, at(tx.Now), tx.Zone, id)
}

// Stations lists the open stations of an area, by area and name.
func (r *Reader) Stations(area string) ([]Station, error) {
	w := &where{}
	w.and("s.zone = " + w.arg(r.Zone) + " AND s.closed_at = 0")
	w.and(w.prefix("s.area", area))
	return collect(r, scanStation, `SELECT `+stationColumns+` FROM stations s WHERE `+w.sql()+` ORDER BY s.area, s.name, s.id`, w.args...)
}

// Station loads one station.
func (r *Reader) Station(id int64) (Station, error) {
	return find(r, errNoStation, scanStation, `SELECT `+stationColumns+` FROM stations s WHERE s.zone=$1 AND s.id=$2`, r.Zone, id)
}

// StationByCode finds an open station by its code.
func (r *Reader) StationByCode(code string) (Station, error) {
	return find(r, fault.Field("code", "没有这个站点码，请核对站点张贴的编码。", "No station has that code; compare it with the one on its wall."), scanStation,
		`SELECT `+stationColumns+` FROM stations s WHERE s.zone=$1 AND s.code=$2 AND s.closed_at=0`, r.Zone, code)
}

// StationOf is the station a person belongs to, and since when; NotFound when to none.
func (r *Reader) StationOf(p casework.Person) (s Station, since time.Time, err error) {
	type both struct {
		Station
		since int64
	}
	b, err := find(r, errNoStation, func(rows *Rows) (b both, err error) {
		var when, closed int64
		err = rows.Scan(&b.ID, &b.Platform, &b.Name, &b.Area, &b.Code, &when, &b.By, &closed, &b.Members, &b.since)
		b.At, b.Closed = ms(when), ms(closed)
		return b, err
	}, `SELECT `+stationColumns+`, m.from_at FROM station_people m JOIN stations s ON s.zone=m.zone AND s.id=m.station WHERE m.zone=$1 AND m.person=$2 AND m.to_at=0`, r.Zone, int64(p))
	return b.Station, ms(b.since), err
}

// JoinStation notes that a person agreed to belong to a station, and to no other any more.
func (tx *Tx) JoinStation(p casework.Person, station int64) error {
	if err := tx.LeaveStation(p); err != nil {
		return err
	}
	return tx.exec(`INSERT INTO station_people (zone, person, station, from_at) VALUES ($1,$2,$3,$4)
		ON CONFLICT (zone, person, from_at) DO UPDATE SET station=excluded.station, to_at=0`, tx.Zone, int64(p), station, at(tx.Now))
}

// LeaveStation ends a person's belonging to any station; nothing happens when there is none.
func (tx *Tx) LeaveStation(p casework.Person) error {
	return tx.exec(`UPDATE station_people SET to_at=$1 WHERE zone=$2 AND person=$3 AND to_at=0`, at(tx.Now), tx.Zone, int64(p))
}

// WasRider reports whether the person belonged to a station at the moment.
func (r *Reader) WasRider(p casework.Person, when time.Time) (bool, error) {
	var n int
	err := r.queryRow(`SELECT COUNT(*) FROM station_people WHERE zone=$1 AND person=$2 AND from_at<=$3 AND (to_at=0 OR to_at>$3)`, r.Zone, int64(p), at(when)).Scan(&n)
	return n > 0, err
}

// RiderReports counts the cases in an area, opened within a time, whose reporter belonged to a station then; all
// stations together, so that no figure is one person's.
func (r *Reader) RiderReports(area string, from, to time.Time) (int, error) {
	w := &where{}
	w.and("c.zone = " + w.arg(r.Zone))
	w.and("c.opened_at >= " + w.arg(at(from)) + " AND c.opened_at < " + w.arg(at(to)))
	w.and(w.prefix("c.area", area))
	var n int
	err := r.queryRow(`SELECT COUNT(*) FROM cases c WHERE `+w.sql()+` AND c.reporter <> 0 AND EXISTS (SELECT 1 FROM station_people m
		WHERE m.zone=c.zone AND m.person=c.reporter AND m.from_at<=c.opened_at AND (m.to_at=0 OR m.to_at>c.opened_at))`, w.args...).Scan(&n)
	return n, err
}
