package grams

import (
	"strings"
	"testing"
)

func BenchmarkIndex(b *testing.B) {
	text := strings.Repeat("长河街道江汉路1515号门口占道经营，影响通行，请尽快处理。", 2)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		Index(text)
	}
}
