package demo

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strconv"
	"time"

	"gezhi/internal/app"
	"gezhi/internal/idcode"
	"gezhi/internal/rules"
)

// reported are figures that a report about Yangling told, in 分; the enterprises and months that make them up are invented, as
// are the numbers of enterprises where the report told none.
var reported = []struct {
	title, way, kind string
	enterprises      int
	total            int64
}{
	{"示例：留抵退税", "退税", "增值税", 380, 47_500_000_000},
	{"示例：其他税费减免", "减征", "其他税费", 640, 12_800_000_000},
	{"示例：缓缴养老保险费", "缓缴", "养老保险", 46, 253_230_000},
	{"示例：缓缴工伤保险费", "缓缴", "工伤保险", 12, 590_000},
	{"示例：缓缴失业保险费", "缓缴", "失业保险", 31, 3_630_000},
	{"示例：降低工伤保险费率", "减征", "工伤保险", 1024, 282_080_000},
	{"示例：降低失业保险费率", "减征", "失业保险", 965, 414_930_000},
}

const reportedSource = "示例：合计数出自公开报道，逐户明细为虚构"

// payoutRows is a file of payouts whose sums are those reported: a row for each enterprise and item, spread over the months of
// the year up to the moment. The same zone and moment make the same file.
func payoutRows(zone int, until time.Time) []byte {
	r := rand.New(rand.NewPCG(uint64(zone), 5))
	var b bytes.Buffer
	b.WriteString("月份,事项,方式,险种（税种）,统一社会信用代码,企业名称,件数,金额（元）\n")
	for _, x := range reported {
		left := x.total
		first := r.IntN(200)
		for n := range x.enterprises {
			rest := int64(x.enterprises - n)
			amount := left
			if rest > 1 { // between half and one and a half of an even share, and a 分 at least
				amount = max(1, left/rest/2+r.Int64N(left/rest+1))
			}
			left -= amount
			fmt.Fprintf(&b, "%04d-%02d,%s,%s,%s,%s,示例企业%04d,1,%s\n", until.Year(), 1+r.IntN(int(until.Month())), x.title, x.way, x.kind, exampleUSCC(zone, first+n), first+n, rules.FormatMoney(amount))
		}
	}
	return b.Bytes()
}

// exampleUSCC is the n-th made-up unified social credit code: of the kind 其他, as if registered in the zone.
func exampleUSCC(zone, n int) string { return idcode.CompleteUSCC(fmt.Sprintf("99%dMAE%06d", zone, n)) }

// reportPayouts brings the figures reported of Yangling.
func (l *life) reportPayouts() error {
	if l.zone.Slug != "yangling" {
		return nil
	}
	at := midnight(l.until).Add(-14 * time.Hour)
	if !at.After(l.now()) {
		return l.bringPayouts()
	}
	l.agenda.plan(at, l.bringPayouts)
	return nil
}

func (l *life) bringPayouts() error {
	desk, err := l.at(app.RolePolicyDesk)
	if err != nil {
		return err
	}
	id, err := l.app.KeepPayouts(l.ctx, desk, reportedSource, "税费减免和社保缓缴降费（示例）.csv", payoutRows(l.zone.Code, l.now()))
	if err != nil {
		return err
	}
	c, err := l.app.CheckPayouts(l.ctx, desk, id)
	if err != nil {
		return err
	}
	return l.app.ApplyPayouts(l.ctx, desk, id, c.Pieces, "payouts-"+strconv.FormatInt(id, 10))
}
