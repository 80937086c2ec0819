package simulate

import (
	"math/rand/v2"
	"strconv"
	"strings"

	"gezhi/internal/casework"
)

// words makes titles, descriptions and addresses. Some words stand in every tenth case, names of
// shops in one of many thousands, as in a real register.
type words struct {
	shops []string
}

var (
	roads   = strings.Fields("江汉路 滨盛路 闻涛路 江南大道 滨安路 长河路 春晓路 泰安路 丹枫路 月明路 伟业路 信诚路 滨康路 东信大道 江虹路 江陵路 时代大道 浦沿路 火炬大道 西兴路")
	spots   = strings.Fields("门口 路口 北侧 南侧 人行道上 公交站旁 小区东门 停车场入口 地下车库 绿化带内 3幢楼下 菜场后门 学校对面 地铁站出口")
	details = []string{"影响行人通行", "已经持续三天", "散发异味", "夜间尤为明显", "存在安全隐患", "周边居民意见较大", "多次劝导无效", "雨天积水严重", "堵塞消防通道", "附近老人小孩较多"}
	wishes  = []string{"请尽快处理。", "希望有关部门到现场查看。", "请安排人员清理。", "望予以整改。", "请回复处理结果。", ""}
	trades  = strings.Fields("超市 餐馆 药店 五金店 水果店 便利店 理发店 面馆 茶楼 修理铺")
)

func newWords(seed uint64) words {
	rng := rand.New(rand.NewPCG(seed, 99))
	characters := []rune("福祥瑞鑫旺隆顺达兴和泰安康宁乐华盛源丰裕恒昌永吉庆德义信诚仁美佳惠友联合众益通利成功明亮星月晨曦朝阳彩虹蓝天碧水青山绿树红梅翠竹金桂银杏")
	var w words
	for range 20_000 {
		w.shops = append(w.shops, string([]rune{characters[rng.IntN(len(characters))], characters[rng.IntN(len(characters))]})+trades[rng.IntN(len(trades))])
	}
	return w
}

// write gives the case its words.
func (w words) write(rng *rand.Rand, c *casework.Case, m casework.Matter) {
	one := func(list []string) string { return list[rng.IntN(len(list))] }
	road := one(roads)
	c.Place.Address = road + strconv.Itoa(1+rng.IntN(1800)) + "号"
	where := road + one(spots)
	if rng.IntN(4) == 0 {
		where = w.shops[rng.IntN(len(w.shops))] + one(spots)
	}
	c.Title = where + m.Name.ZH
	c.Text = where + "有" + chinese(rng, m) + "，" + one(details) + "，" + one(wishes)
}

// chinese is one of the matter's Chinese keywords.
func chinese(rng *rand.Rand, m casework.Matter) string {
	var list []string
	for _, k := range m.Keywords {
		if k != "" && k[0] >= 0x80 {
			list = append(list, k)
		}
	}
	if len(list) == 0 {
		return m.Name.ZH
	}
	return list[rng.IntN(len(list))]
}
