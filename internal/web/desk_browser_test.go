package web_test

import (
	"strings"
	"testing"
	"time"

	"gezhi/internal/browser"
)

// TestDeskPagesInABrowser looks at every page of the desk on a desktop computer and on a phone: nothing
// reaches out of the window, and axe-core has nothing to say.
func TestDeskPagesInABrowser(t *testing.T) {
	b := browser.Start(t)
	c := newCast(t)
	c.dispatched(c.inXixing)
	c.Pass(48 * time.Hour)
	c.tick()
	for _, phone := range []bool{false, true} {
		p := b.Desktop(t)
		if phone {
			p = b.Phone(t)
		}
		p.Goto(c.server.URL + "/")
		p.Click("leader")
		for path, sees := range map[string]string{
			"desk":                         "工作概览",
			"desk/cases?stage=reported":    "浦沿的垃圾堆",
			"desk/map":                     "示意边界",
			"desk/supervision":             "升级督办",
			"desk/evaluation":              "环境卫生管理中心",
			"desk/evaluation?by=area":      "西兴街道",
			"messages":                     "消息",
			"me":                           "动态口令",
			"desk/evaluation?span=custom&": "请选择日期",
		} {
			if strings.HasSuffix(path, "&") {
				p.Allow(422)
			}
			p.Goto(c.server.URL + "/binjiang/" + path)
			p.WaitText(sees)
			p.NoHorizontalScroll()
			p.Axe()
		}
	}
}
