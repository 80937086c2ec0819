package web

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"sync"

	"gezhi/internal/app"
	"gezhi/internal/fault"
	"gezhi/internal/geo"
	"gezhi/internal/idcode"
	"gezhi/internal/territory"
)

// outlines asks for the boundaries of one level below an area.
type outlines struct {
	zone     int
	revision int64
	under    string
	level    territory.Level
	link     bool // each area leads to the case map of that area
}

// showOutlines answers with boundaries for drawing, simplified: communities of the whole district, or
// with ?under=CODE&level=street|community|grid|micro those of one level below an area. Grids and
// micro-grids are for people who have signed in. Browsers ask again each time and are answered from
// their own copy until the district's set-up changes.
func (s *Server) showOutlines(v *visit) error {
	q, err := v.outlines()
	if err != nil {
		return err
	}
	if q.level >= idcode.Grid && !v.viewer.Known() {
		return fault.New(fault.Forbidden, "请先登录。", "Please sign in first.")
	}
	tag := fmt.Sprintf(`"o1-%d-%d-%s-%d-%t"`, q.zone, q.revision, q.under, q.level, q.link)
	h := v.w.Header()
	h.Set("ETag", tag)
	h.Set("Cache-Control", "private, no-cache")
	if strings.Contains(v.Header.Get("If-None-Match"), tag) {
		v.w.WriteHeader(http.StatusNotModified)
		return nil
	}
	body, err := s.drawn.get(q, func() ([]byte, error) { return v.draw(q) })
	if err != nil {
		return err
	}
	h.Set("Content-Type", "application/geo+json")
	_, err = v.w.Write(body)
	return err
}

func (v *visit) outlines() (outlines, error) {
	form := v.URL.Query()
	q := outlines{zone: v.zone.Code, revision: v.zone.Revision, under: form.Get("under"), level: idcode.Community, link: form.Get("link") == "map"}
	if q.under == "" {
		q.under = fmt.Sprint(v.zone.Code)
	}
	if _, ok := v.zone.Tree.Area(q.under); !ok {
		return q, fault.New(fault.NotFound, "没有这个区域。", "There is no such area.")
	}
	if name := form.Get("level"); name != "" {
		q.level = territory.ParseLevel(name)
	} else if l := idcode.LevelOf(q.under); l >= idcode.Community {
		q.level = min(l+1, idcode.Micro)
	}
	if q.level == idcode.NoLevel || q.level < idcode.LevelOf(q.under) {
		return q, fault.Field("level", "层级应为 street、community、grid 或 micro，且不高于所选区域。", "The level must be street, community, grid or micro and not above the chosen area.")
	}
	return q, nil
}

// mostOutlines is how many boundaries one answer carries; a district has some thousands of micro-grids at most.
const mostOutlines = 5000

// draw writes the boundaries as GeoJSON. The coarser the level, the fewer points are needed to draw it.
func (v *visit) draw(q outlines) ([]byte, error) {
	metres := 6.0
	if q.level >= idcode.Grid {
		metres = 2
	}
	var list []geo.Feature
	for _, a := range v.zone.Tree.Subtree(q.under) {
		if a.Level() != q.level || len(a.Shape) == 0 {
			continue
		}
		f := geo.Feature{Code: a.Code, Name: a.Name, Shape: a.Shape.Simplify(metres), Properties: map[string]any{}}
		if a.Illustrative {
			f.Properties["illustrative"] = true
		}
		if q.link {
			f.Properties["url"] = v.to("desk", "map") + "?area=" + a.Code
		}
		list = append(list, f)
	}
	if len(list) > mostOutlines {
		return nil, fault.New(fault.Invalid, "边界太多，请先选择一个街道或社区。", "Too many boundaries; choose a street or community first.")
	}
	var b bytes.Buffer
	err := geo.EncodeFeatures(&b, list)
	return b.Bytes(), err
}

// illustrative reports whether any boundary of the zone is drawn for demonstration.
func illustrative(z *app.Zone) bool {
	for _, a := range z.Tree.All() {
		if a.Illustrative {
			return true
		}
	}
	return false
}

// drawnOutlines keeps answers, for they take far longer to draw than to send. Those of an older
// revision go when the first of a newer one comes.
type drawnOutlines struct {
	mu    sync.Mutex
	bytes int
	kept  map[outlines][]byte
}

const mostDrawn = 32 << 20 // bytes

func (d *drawnOutlines) get(q outlines, draw func() ([]byte, error)) ([]byte, error) {
	d.mu.Lock()
	body, ok := d.kept[q]
	d.mu.Unlock()
	if ok {
		return body, nil
	}
	body, err := draw()
	if err != nil {
		return nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.kept == nil || d.bytes+len(body) > mostDrawn {
		d.kept, d.bytes = map[outlines][]byte{}, 0
	}
	for k, old := range d.kept {
		if k.zone == q.zone && k.revision != q.revision {
			delete(d.kept, k)
			d.bytes -= len(old)
		}
	}
	if _, twice := d.kept[q]; !twice {
		d.kept[q] = body
		d.bytes += len(body)
	}
	return body, nil
}
