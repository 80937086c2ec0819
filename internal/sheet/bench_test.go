package sheet

import (
	"bytes"
	"io"
	"testing"
)

func BenchmarkExport(b *testing.B) {
	e := Export{Columns: []Heading{{Name: "区划代码"}, {Name: "名称"}, {Name: "户数"}}}
	b.Run("XLSX 10,000 rows", func(b *testing.B) {
		for b.Loop() {
			x, _ := NewXLSX(io.Discard, e)
			for i := range 10_000 {
				x.Row("330108001001", "西陵社区", i)
			}
			x.Close()
		}
	})
	b.Run("CSV 10,000 rows", func(b *testing.B) {
		for b.Loop() {
			c, _ := NewCSV(io.Discard, e)
			for i := range 10_000 {
				c.Row("330108001001", "西陵社区", i)
			}
			c.Close()
		}
	})
}

func BenchmarkRead(b *testing.B) {
	var data bytes.Buffer
	x, _ := NewXLSX(&data, Export{Columns: []Heading{{Name: "区划代码"}, {Name: "名称"}, {Name: "户数"}}})
	for i := range 10_000 {
		x.Row("330108001001", "西陵社区", i)
	}
	x.Close()
	b.Run("XLSX 10,000 rows", func(b *testing.B) {
		for b.Loop() {
			if _, err := Read(data.Bytes(), "x", columns); err != nil {
				b.Fatal(err)
			}
		}
	})
}
