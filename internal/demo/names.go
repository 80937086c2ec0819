package demo

import (
	"fmt"
	"math/rand/v2"
)

// Frequent surnames and characters of given names. Any name they make is made up; that somebody
// bears it is chance.
const (
	surnames = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段钱汤尹黎易常武乔贺赖龚文"
	givens   = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉萍红玲飞鹏辉建国志梅兰凤洁琳晶文斌波宇浩然子轩梓涵欣怡雨佳俊思远晓燕春云海龙成林嘉琪诗瑶安康立新永福德才宝山长青月娥金凤小雪冬梅"
)

// name makes up a person's name of two or three characters.
func name(r *rand.Rand) string {
	s, g := []rune(surnames), []rune(givens)
	n := string(s[r.IntN(len(s))]) + string(g[r.IntN(len(g))])
	if r.IntN(5) > 0 {
		n += string(g[r.IntN(len(g))])
	}
	return n
}

// phone is the n-th made-up number. No carrier has been given numbers that begin with 154, so that
// none of these reaches anybody.
func phone(n int) string { return fmt.Sprintf("154%08d", n) }
