package demo

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// Frequent surnames and given names. Whoever they make up is made up; that somebody bears the name is chance.
const (
	surnames = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段钱汤尹黎易常武乔贺赖龚文"
	givens   = `伟 芳 娜 敏 静 丽 强 磊 军 洋 勇 艳 杰 娟 涛 明 超 霞 平 刚 英 华 萍 红 玲 飞 鹏 辉 洁 琳 晶 斌 波 宇 燕 雪 峰 宁 欣 俊
		建国 建华 国强 国平 志强 志明 志远 文斌 文华 文静 海燕 海涛 海龙 晓燕 晓东 晓明 晓红 晓琳 春梅 春燕 秀英 秀兰 秀珍 玉兰 玉梅 玉珍 桂英 桂芳
		桂香 金凤 金花 月娥 月华 爱华 爱珍 丽华 丽娟 丽萍 美玲 美华 雪梅 雪峰 永康 永强 永福 立新 立军 德明 德华 宝山 长青 长林 家豪 家明 嘉琪 嘉怡
		浩然 浩宇 子轩 子涵 梓涵 雨欣 雨桐 诗涵 诗雨 思远 思琪 佳怡 佳琪 俊杰 俊豪 天宇 宇轩 欣怡 欣然 瑶瑶 婷婷 丹丹 莉莉 慧敏 慧玲 敏捷 成林 成龙
		安康 新民 卫东 卫国 红梅 红霞 小燕 小军 小红 水根 根生 阿根 炳荣 荣华 荣生 庆华 庆丰 福根 福林 忠良 忠明 正华 正平 少华 少军`
)

// name makes up a person's name.
func name(r *rand.Rand) string {
	s := []rune(surnames)
	return string(s[r.IntN(len(s))]) + pick(r, givenNames)
}

var givenNames = strings.Fields(givens)

// phone is the n-th made-up number. No carrier has been given numbers that begin with 154, so that
// none of these reaches anybody.
func phone(n int) string { return fmt.Sprintf("154%08d", n) }
