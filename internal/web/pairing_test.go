package web_test

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"math/big"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"gezhi/internal/app"
	"gezhi/internal/app/apptest"
	"gezhi/internal/browser"
	"gezhi/internal/casework"
	"gezhi/internal/points"
	"gezhi/internal/store"
)

// TestANeedIsMatchedToAResourceInABrowser plays need, resource, match, agreement, delivery and evaluation.
func TestANeedIsMatchedToAResourceInABrowser(t *testing.T) {
	s := newStage(t)
	s.Staff("shequ", "社区虚构甲", casework.Duty{Role: "community_desk", Area: ourCommunity})
	s.Staff("wenlv", "文旅虚构乙", casework.Duty{Role: "officer", Unit: "culture"})
	s.Resident("19900000001")
	desk, unit, phone := s.as("shequ", false), s.as("wenlv", false), s.resident("19900000001")

	desk.Goto(s.url + "file/need?start=record")
	desk.Allow(422)
	desk.Click("form[action$='/file/need'] button[type=submit]")
	desk.WaitText("请选择所在社区（村）")
	for _, f := range [][2]string{{"source", "community"}, {"category", "CULTURE"}, {"title", "社区合唱队缺老师"}, {"area", ourCommunity}, {"address", "社区文化家园"},
		{"field.quantity", "4"}, {"field.until", "2026-06-30"}, {"text", "每周六上午，二十来位居民。"}} {
		desk.Fill(f[0], f[1])
	}
	desk.Click("input[name='field.urgency'][value=soon]")
	look(desk, "need-form")
	desk.Click("form[action$='/file/need'] button[type=submit]")
	desk.WaitText("已登记")
	work(desk, "publish", "审核发布", "field.quantity", "4")
	unit.Goto(s.url + "file/resource")
	for _, f := range [][2]string{{"category", "CULTURE"}, {"title", "声乐老师下社区"}, {"field.capacity", "10"}, {"field.until", "2026-12-31"}, {"field.when", "周六上午"}} {
		unit.Fill(f[0], f[1])
	}
	unit.Click("input[name='field.form'][value=talent]")
	unit.Click("form[action$='/file/resource'] button[type=submit]")
	unit.WaitText("已登记")

	phone.Goto(s.url + "needs")
	phone.WaitText("社区合唱队缺老师", "文体活动")
	look(phone, "needs-phone")
	phone.Goto(s.url + "resources")
	phone.WaitText("声乐老师下社区", "剩余：10")
	look(phone, "resources-phone")
	desk.Goto(s.url + "desk/pairing")
	desk.WaitText("选定这项资源", "数量足够", "需求满足率", "—")
	look(desk, "pairing-desk")
	desk.Click("form[action$='/desk/pairing'] button[type=submit]")
	desk.WaitText("已提出对接")

	open := func(p *browser.Page, procedure string) {
		p.Goto(s.url + "desk/cases?procedure=" + procedure)
		p.Click("main table a[href*='/case/']")
	}
	open(unit, "copartnership")
	unit.WaitText("待单位答复", "声乐老师下社区")
	work(unit, "accept", "同意对接")
	work(unit, "sign", "登记共建协议", "field.agreement", "共建〔2026〕1 号（虚构）", "field.begins", "2026-03-09", "field.ends", "2026-05-31", "field.plan", "每周六上午一课，共四课。")
	unit.Click("交付，提请验收")
	unit.Fill("form[action$='/deliver'] [name='field.delivery']", "四课全部完成。")
	s.upload(unit, "photo")
	unit.Click("form[action$='/deliver'] button[type=submit]")
	unit.WaitText("待验收评价")
	open(desk, "copartnership")
	work(desk, "evaluate", "验收评价", "input[name='field.grade'][value=good]", "", "field.residents", "唱得更齐了。", "field.asked", "20", "field.satisfied", "19")
	desk.WaitText("已验收，待述职", "使用")
	look(desk, "project-desk")
	open(unit, "copartnership")
	work(unit, "report", "提交述职报告", "field.report", "按协议完成四课。")
	open(desk, "need")
	desk.WaitText("已满足", "文化和旅游局")
	desk.Click("关联一件案件")
	desk.Fill("form[action$='/links'] [name=number]", "330108-20260302-99999")
	desk.Allow(422)
	desk.Click("form[action$='/links'] button[type=submit]")
	desk.WaitText("没有这个编号的案件")
	look(desk, "case-links")
	desk.Goto(s.url + "desk/pairing")
	desk.WaitText("已对接 1 ÷ 发布 1", "已验收 1 ÷ 已签约 1")
}

// TestAnApplicationIsDrawnByLotAndCheckedByAnybody plays application, eligibility, publicity, commitment, draw and proof.
func TestAnApplicationIsDrawnByLotAndCheckedByAnybody(t *testing.T) {
	s, ctx := newStage(t), context.Background()
	shequ := s.Staff("shequ", "社区虚构甲", casework.Duty{Role: "community_desk", Area: ourCommunity})
	quji := s.Staff("quji", "区级虚构乙", casework.Duty{Role: "district_desk", Area: "330108"})
	resident := s.Resident("19900000001")
	phone, desk, district := s.resident("19900000001"), s.as("shequ", false), s.as("quji", false)

	phone.Goto(s.url + "file/application")
	for _, f := range [][2]string{{"category", "PUBLIC"}, {"title", "申请公租房一套"}, {"area", ourCommunity}, {"address", "某小区 3 幢"}, {"field.people", "3"}} {
		phone.Fill(f[0], f[1])
	}
	for _, f := range []string{"group'][value=general", "materials'][value=complete", "consent'][value=given"} {
		phone.Click("input[name='field." + f + "]")
	}
	s.upload(phone, "photo")
	look(phone, "application-form")
	phone.Click("form[action$='/file/application'] button[type=submit]")
	phone.WaitText("已登记")
	mine, err := s.App.Mine(ctx, resident, store.CaseFilter{Procedure: "application"})
	s.OK(err)
	own := strconv.FormatInt(int64(mine[0].ID), 10)
	var others []casework.ID
	// Others apply as well.
	for i := range 6 {
		v := s.Resident(fmt.Sprintf("1990000010%d", i))
		picture, err := s.App.AddPhoto(ctx, v, s.picture())
		s.OK(err)
		out, err := s.App.File(ctx, v, app.Filing{Key: fmt.Sprintf("form-key-%016d", i), Procedure: "application", Category: "PUBLIC", Start: "apply", Title: "申请公租房一套", Area: ourCommunity, Address: "某小区",
			Fields: map[string]string{"group": []string{"general", "priority"}[i%2], "people": "2", "materials": "complete", "consent": "given"}, Photos: []string{strconv.FormatInt(picture, 10)}})
		s.OK(err)
		others = append(others, out.Case.ID)
	}
	desk.Goto(s.url + "case/" + own)
	work(desk, "pass", "初审通过", "field.opinion", "住房情况属实。")
	district.Goto(s.url + "case/" + own)
	work(district, "eligible", "复核通过，公示", "field.decision", "符合条件。")
	for i, id := range others {
		_, err := s.App.Move(ctx, shequ, id, casework.Command{Move: "pass", Fields: map[string]string{"opinion": "属实。"}}, fmt.Sprint("p", i))
		s.OK(err)
		_, err = s.App.Move(ctx, quji, id, casework.Command{Move: "eligible", Fields: map[string]string{"decision": "符合。"}}, fmt.Sprint("e", i))
		s.OK(err)
	}
	s.Pass(15 * 24 * time.Hour)
	_, err = s.App.Tick(ctx, apptest.Zone)
	s.OK(err)
	phone.Goto(s.url + "case/" + own)
	phone.WaitText("轮候中")

	district = s.as("quji", false)
	district.Goto(s.url + "draws")
	district.Click("冻结名单，公布承诺值")
	day := s.Now().Add(24 * time.Hour)
	for _, f := range [][2]string{{"what", "application/PUBLIC"}, {"title", "公租房 2026 年第一批（虚构）"}, {"places.general", "2"}, {"places.priority", "1"}, {"source", "某公开彩票第 2026063 期开奖号码"}, {"after", day.Format(time.DateOnly)}, {"clock", "21:30"}} {
		district.Fill(f[0], f[1])
	}
	look(district, "draw-commit")
	district.Click("form[action$='/desk/draws'] button[type=submit]")
	district.WaitText("名单已冻结", "摇号时公开")
	at := strings.Split(district.Path(), "?")[0]
	district.Fill("seed", "07 12 19 23 30 31 + 05")
	district.Fill("note", "某报 2026 年 3 月 18 日")
	district.Allow(422)
	district.Click("form[action*='/desk/draws/'] button[type=submit]")
	district.WaitText("还没有到种子公布的时间")
	phone.Goto(strings.TrimSuffix(s.url, "/binjiang/") + at)
	phone.WaitText("承诺值", "摇号时公开")
	s.Pass(2 * 24 * time.Hour)
	district = s.as("quji", false)
	district.Goto(strings.TrimSuffix(s.url, "/binjiang/") + at)
	district.Fill("seed", "07 12 19 23 30 31 + 05")
	district.Fill("note", "某报 2026 年 3 月 18 日")
	district.Click("form[action*='/desk/draws/'] button[type=submit]")
	district.WaitText("已摇号，结果已公布", "轮候第 1 位")
	look(district, "draw-desk")
	phone = s.resident("19900000001")
	phone.Goto(strings.TrimSuffix(s.url, "/binjiang/") + at)
	phone.WaitText("您的申请", "下载复算文件")
	phone.Click("复算步骤")
	look(phone, "draw-phone")
	phone.Goto(s.url + "case/" + own)
	phone.WaitText("公租房 2026 年第一批（虚构）")
	look(phone, "application-phone")
	checkDraw(t, fetched(phone, at+"/draw.json"))
	report, err := s.App.Verify(ctx, apptest.Zone, nil)
	s.OK(err)
	for _, b := range report.Broken {
		t.Errorf("%+v", b)
	}
}

// picture is a photo as a phone sends it.
func (s *stage) picture() io.Reader {
	s.t.Helper()
	b, err := os.ReadFile(s.photo)
	s.OK(err)
	return bytes.NewReader(b)
}

// checkDraw is what anybody does with the file of a draw: work everything out again, sharing nothing with the program.
func checkDraw(t *testing.T, file string) {
	t.Helper()
	var d struct {
		List, Terms, Secret, Seed string
		ListHash                  string `json:"list_sha256"`
		Commitment                string `json:"commitment_sha256"`
		Order                     []struct{ Number, Group string }
	}
	if err := json.Unmarshal([]byte(file), &d); err != nil {
		t.Fatal(err)
	}
	hash := sha256.Sum256([]byte(d.List))
	secret, _ := hex.DecodeString(d.Secret)
	sum := sha256.Sum256(slices.Concat(secret, hash[:], []byte(d.Terms)))
	if fmt.Sprintf("%x", hash) != d.ListHash || fmt.Sprintf("%x", sum) != d.Commitment {
		t.Fatal("the commitment does not hold")
	}
	var pool []byte
	for i := range 16 {
		m := hmac.New(sha256.New, secret)
		fmt.Fprintf(m, "%s\x00%s", d.Seed, []byte{0, 0, 0, 0, 0, 0, 0, byte(i)})
		pool = m.Sum(pool)
	}
	lines := strings.Split(strings.TrimSpace(d.List), "\n")
	for k := len(lines) - 1; k > 0; k-- {
		x := new(big.Int).SetBytes(pool[:8])
		pool = pool[8:]
		j := new(big.Int).Mod(x, big.NewInt(int64(k+1))).Int64()
		lines[k], lines[j] = lines[j], lines[k]
	}
	for i, x := range d.Order {
		if lines[i] != x.Number+" "+x.Group {
			t.Errorf("place %d is %s, worked out anew %s", i+1, x.Number, lines[i])
		}
	}
	if len(d.Order) != 7 {
		t.Errorf("%d took part", len(d.Order))
	}
}

func TestAMemberRegistersWithTheCommunityOnAPhone(t *testing.T) {
	s, ctx := newStage(t), context.Background()
	shequ := s.Staff("shequ", "社区虚构甲", casework.Duty{Role: "community_desk", Area: ourCommunity})
	s.Resident("19900000001")
	phone := s.resident("19900000001")
	phone.Goto(s.url + "service")
	phone.WaitText("尚未登记党员身份")
	s.OK(s.App.Mark(ctx, shequ, "19900000001", points.PartyMember, true, "mark"))
	phone.Goto(s.url + "service")
	phone.Click("我要报到")
	phone.Fill("area", ourCommunity)
	phone.Fill("unit", "某某公司（虚构）")
	phone.Allow(422)
	phone.Click("form[action$='/service'] button[type=submit]")
	phone.WaitText("请填写 2 至 60 个字")
	phone.Fill("branch", "某支部（虚构）")
	phone.Click("input[name=posts][value=study]")
	look(phone, "service-form")
	phone.Click("form[action$='/service'] button[type=submit]")
	phone.WaitText("已报到", "助学辅导岗")
	look(phone, "service-phone")
	desk := s.as("shequ", false)
	desk.Goto(s.url + "desk/registrations")
	desk.WaitText("助学辅导岗", "某某公司（虚构）")
	look(desk, "registrations-desk")
}
