package web

import (
	"context"
	"strconv"

	"gezhi/internal/app"
	"gezhi/internal/store"
	"gezhi/internal/web/ui"

	"github.com/a-h/templ"
)

// stationPage is a rider's or courier's own station.
type stationPage struct {
	app.MyStation
	Page ui.Page
	V    *visit
	In   ui.Input
}

func (v *visit) station(in ui.Input) (templ.Component, error) {
	m, err := v.s.app.MyStation(v.Context(), v.viewer)
	return myStation(stationPage{m, v.page(v.lang.T("骑手站点", "Riders' station"), "activities"), v, in}), err
}

func (s *Server) showStation(v *visit) error {
	page, err := v.station(ui.Input{Lang: v.lang, Values: v.URL.Query()})
	if err != nil {
		return err
	}
	return v.render(page)
}

func (s *Server) joinStation(v *visit) error {
	if err := v.parse(); err != nil {
		return err
	}
	err := s.app.JoinStation(v.Context(), v.viewer, v.PostForm.Get("code"), v.PostForm.Get("consent") != "")
	return v.settle(err, v.station, v.lang.T("已加入站点。", "You have joined the station."), v.to("station"))
}

func (s *Server) leaveStation(v *visit) error {
	if err := s.app.LeaveStation(v.Context(), v.viewer); err != nil {
		return err
	}
	s.flash(v, ui.Green, v.lang.T("已退出站点。", "You have left the station."))
	return v.goTo(v.to("station"))
}

// stationsPage is the stations a community looks after.
type stationsPage struct {
	app.StationDesk
	Page ui.Page
	V    *visit
	In   ui.Input
}

func (v *visit) stations(in ui.Input) (templ.Component, error) {
	d, err := v.s.app.StationDesk(v.Context(), v.viewer)
	return stationDesk(stationsPage{d, v.page(v.lang.T("骑手站点", "Riders' stations"), "organise"), v, in}), err
}

func (s *Server) showStations(v *visit) error { return v.untouched(v.stations) }

func (s *Server) addStation(v *visit) error {
	if err := v.parse(); err != nil {
		return err
	}
	f := v.PostForm
	_, err := s.app.AddStation(v.Context(), v.viewer, store.Station{Platform: f.Get("platform"), Name: f.Get("name"), Area: f.Get("area")})
	return v.settle(err, v.stations, v.lang.T("站点已登记。", "The station is entered."), v.to("stations"))
}

func (s *Server) renewStation(v *visit) error {
	return v.onStation(s.app.RenewStationCode, v.lang.T("站点码已更换，旧码失效。", "The code is replaced; the old one is void."))
}

func (s *Server) closeStation(v *visit) error {
	return v.onStation(s.app.CloseStation, v.lang.T("站点已撤销。", "The station is closed."))
}

func (p stationsPage) communityOptions() []ui.Option {
	var out []ui.Option
	for _, c := range p.Communities {
		out = append(out, ui.Option{Value: c.Code, Label: c.Name})
	}
	return out
}

func (p stationsPage) columns() ui.Sheet[app.StationLine] {
	l := p.V.lang
	return ui.Sheet[app.StationLine]{Caption: l.T("站点", "Stations"), Empty: ui.EmptyState{Icon: "bike", Title: l.T("还没有登记站点", "No stations yet")}, Columns: []ui.Column[app.StationLine]{
		ui.TextColumn(l.T("站点", "Station"), ui.Main, func(x app.StationLine) string { return x.Name }),
		ui.TextColumn(l.T("平台", "Platform"), ui.Brief, func(x app.StationLine) string { return x.Platform }),
		ui.TextColumn(l.T("所在社区", "Community"), ui.Words, func(x app.StationLine) string { return x.Path }),
		ui.TextColumn(l.T("站点码", "Code"), ui.Brief, func(x app.StationLine) string { return x.Code }),
		ui.TextColumn(l.T("已加入", "Members"), ui.Figures, func(x app.StationLine) string { return strconv.Itoa(x.Members) }),
		{Head: l.T("操作", "Actions"), Kind: ui.Buttons, Cell: func(x app.StationLine) templ.Component { return stationActions(p, x) }},
	}}
}

// onStation does something to the station an address names.
func (v *visit) onStation(do func(context.Context, app.Viewer, int64) error, said string) error {
	id, err := strconv.ParseInt(v.PathValue("id"), 10, 64)
	if err != nil {
		return errNoPage
	}
	if err := do(v.Context(), v.viewer, id); err != nil {
		return err
	}
	v.s.flash(v, ui.Green, said)
	return v.goTo(v.to("stations"))
}
