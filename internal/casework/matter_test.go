package casework

import (
	"encoding/csv"
	"os"
	"strings"
	"testing"
)

func commonMatters(t testing.TB) Matters {
	t.Helper()
	src, err := os.ReadFile("../../packs/common/matters.yaml")
	if err != nil {
		t.Fatal(err)
	}
	ms, err := ParseMatters("matters.yaml", src)
	if err != nil {
		t.Fatal(strings.ReplaceAll(err.Error(), "; ", "\n"))
	}
	return ms
}

// kinds are the 54 kinds by code, written out so that the shipped list is compared with something
// that was not derived from it.
const kinds = `E0101,私搭乱建 E0102,暴露垃圾 E0103,积存垃圾渣土 E0104,道路不洁 E0105,水域不洁 E0106,绿地脏乱 E0107,废弃车辆
E0108,废弃家具设施 E0109,非装饰性树挂 E0110,道路破损 E0111,河堤破损 E0112,道路撒遗 E0113,建筑物外立面不洁 E0114,水域秩序问题
E0115,焚烧树叶、垃圾 E0116,油烟污染 E0117,动物尸体清理 E0118,私自饲养家禽家畜 E0199,其他市容环境问题
E0201,非法小广告 E0202,违章张贴悬挂广告牌匾 E0203,占道广告牌 E0204,街头散发广告 E0205,广告招牌破损
E0301,施工扰民 E0302,工地扬尘 E0303,施工废弃料 E0304,施工占道 E0305,无证掘路 E0399,其他施工管理问题
E0401,路面塌陷 E0402,自来水管破裂 E0403,燃气管道破裂 E0404,下水道堵塞或破损 E0405,热力管道破裂 E0406,道路积水 E0407,道路积雪结冰
E0408,架空线缆损坏 E0409,群发性事件 E0499,其他突发事件
E0501,无照经营游商 E0502,流浪乞讨 E0503,占道废品收购 E0504,店外经营 E0505,机动车乱停放 E0506,非机动车乱停放 E0507,乱堆物料
E0508,商业噪音 E0509,黑车拉客 E0510,露天烧烤 E0511,沿街晾挂 E0512,非法出版物销售 E0513,空调室外机低挂 E0599,其他街面秩序问题`

func TestTheShippedListHasThe54Kinds(t *testing.T) {
	ms := commonMatters(t)
	want := strings.Fields(kinds)
	if len(ms.List) != 54 || len(want) != 54 {
		t.Fatalf("%d kinds in the list, %d expected", len(ms.List), len(want))
	}
	for i, m := range ms.List {
		rec, err := csv.NewReader(strings.NewReader(want[i])).Read()
		if err != nil || m.Code != rec[0] || m.Name.ZH != rec[1] {
			t.Errorf("kind %d is %s %s, want %v (%v)", i, m.Code, m.Name.ZH, rec, err)
		}
		if m.Class != m.Code[:3] || m.Photo.ZH == "" || m.Photo.EN == "" || len(m.Keywords) < 2 {
			t.Errorf("%s is incomplete: %+v", m.Code, m)
		}
		for _, s := range m.Standards {
			if !s.Example || s.Limit.IsZero() {
				t.Errorf("%s %s: the limit is an example until an operator confirms it", m.Code, s.ID)
			}
		}
	}
	if ms.Notice.ZH != "示例时限，请以本地标准替换" {
		t.Errorf("the notice reads %q", ms.Notice.ZH)
	}
}

func TestWordsSuggestAMatter(t *testing.T) {
	ms := commonMatters(t)
	for text, want := range map[string]string{
		"楼下垃圾桶满溢，垃圾堆了好几天":                "E0102",
		"小区门口有个大坑洞，路面开裂":                 "E0110",
		"共享单车堆积把盲道堵了":                    "E0506",
		"Pothole in front of the school": "E0110",
		"晚上夜间施工太吵":                       "E0301",
	} {
		got := ms.Suggest(text, 3)
		if len(got) == 0 || got[0].Code != want {
			t.Errorf("%q suggests %v, want %s first", text, got, want)
		}
	}
	if got := ms.Suggest("……", 3); len(got) != 0 {
		t.Errorf("nothing is suggested for nothing: %v", got)
	}
}
