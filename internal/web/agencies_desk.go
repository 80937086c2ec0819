package web

import (
	"gezhi/internal/app"
	"gezhi/internal/web/ui"

	"github.com/a-h/templ"
)

// agenciesPage are the requests to act for enterprises that wait for the desk.
type agenciesPage struct {
	office
	List []app.Agency
}

func (v *visit) agenciesAsked(in ui.Input) (templ.Component, error) {
	list, err := v.s.app.AgenciesAsked(v.Context(), v.viewer)
	return agenciesView(agenciesPage{v.office(v.lang.T("核实经办人", "Agents of enterprises"), "agencies", in), list}), err
}

func (s *Server) showAgencies(v *visit) error { return v.untouched(v.agenciesAsked) }

// decideAgency confirms, refuses or ends a request: on the page of its enterprise, or on the list of all that wait.
func (s *Server) decideAgency(v *visit) error {
	id, err := v.importForm()
	if err != nil {
		return err
	}
	again, to := v.agenciesAsked, v.to("desk", "agencies")
	if code := v.PathValue("code"); code != "" {
		again, to = v.enterpriseDesk(viewPeople), v.to("desk", "enterprises", code)+"?view="+viewPeople
	}
	name := reasonName(v.PathValue("id"))
	reason, key, said := v.PostForm.Get(name), v.PostForm.Get(ui.KeyName), ""
	switch v.PathValue("decision") {
	case "confirm":
		said = v.lang.T("已核实，对方可以查看并办理这家企业的事项。", "Confirmed: the person now acts for the enterprise.")
		err = s.app.DecideAgency(v.Context(), v.viewer, id, true, "", key)
	case "refuse":
		said = v.lang.T("未予通过，理由已告知申请人。", "Refused; the person sees the reason.")
		err = s.app.DecideAgency(v.Context(), v.viewer, id, false, reason, key)
	case "end":
		said = v.lang.T("已结束代办。", "Ended.")
		err = s.app.EndAgency(v.Context(), v.viewer, id, reason, key)
	default:
		return errNoPage
	}
	return v.settle(reasonFault(err, name), again, said, to)
}
