package photo

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"os"
	"strings"
	"testing"
	"testing/iotest"

	"gezhi/internal/fault"
)

// quarters is a picture whose corners are red, green, blue (top left, top right, bottom left) and black.
func quarters(w, h int) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := color.RGBA{A: 255}
			switch {
			case y < h/2 && x < w/2:
				c.R = 255
			case y < h/2:
				c.G = 255
			case x < w/2:
				c.B = 255
			}
			img.SetRGBA(x, y, c)
		}
	}
	return img
}

func jpegOf(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: 95}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func pngOf(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// planted is what must never be stored: it stands in for a place, a serial number, an owner.
const planted = "PLANTED-30.2084N-120.2119E"

// exif is a TIFF structure with an orientation, a GPS pointer and a planted string.
func exif(order binary.AppendByteOrder, o uint16) []byte {
	b := []byte("MM\x00*")
	if order == binary.LittleEndian {
		b = []byte("II*\x00")
	}
	b = order.AppendUint32(b, 8)
	b = order.AppendUint16(b, 3)
	entry := func(tag, typ uint16, count, value uint32) {
		b = order.AppendUint16(b, tag)
		b = order.AppendUint16(b, typ)
		b = order.AppendUint32(b, count)
		if typ == 3 {
			b = order.AppendUint16(b, uint16(value))
			b = order.AppendUint16(b, 0)
			return
		}
		b = order.AppendUint32(b, value)
	}
	entry(0x010f, 2, uint32(len(planted)+1), 50)
	entry(0x0112, 3, 1, uint32(o))
	entry(0x8825, 4, 1, 50)
	b = order.AppendUint32(b, 0)
	return append(append(b, planted...), 0)
}

func segment(marker byte, body []byte) []byte {
	b := append([]byte{0xff, marker}, binary.BigEndian.AppendUint16(nil, uint16(len(body)+2))...)
	return append(b, body...)
}

// withMetadata puts Exif, XMP, ICC, IPTC and a comment into a JPEG, and a ZIP file behind it.
func withMetadata(plain []byte, tiff []byte) []byte {
	b := bytes.Clone(plain[:2])
	b = append(b, segment(0xe0, []byte("JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"))...)
	b = append(b, segment(0xe1, append([]byte("Exif\x00\x00"), tiff...))...)
	b = append(b, segment(0xe1, []byte("http://ns.adobe.com/xap/1.0/\x00<x:xmpmeta exif:GPSLatitude='"+planted+"'/>"))...)
	b = append(b, segment(0xe2, []byte("ICC_PROFILE\x00\x01\x01"+planted))...)
	b = append(b, segment(0xed, []byte("Photoshop 3.0\x008BIM"+planted))...)
	b = append(b, segment(0xfe, []byte(planted))...)
	b = append(b, plain[2:]...)
	return append(b, []byte("PK\x03\x04"+planted)...)
}

func pngChunk(name string, body []byte) []byte {
	b := binary.BigEndian.AppendUint32(nil, uint32(len(body)))
	b = append(append(b, name...), body...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(append([]byte(name), body...)))
}

// afterIHDR puts chunks into a PNG behind its header.
func afterIHDR(plain []byte, chunks ...[]byte) []byte {
	return bytes.Join([][]byte{plain[:33], bytes.Join(chunks, nil), plain[33:]}, nil)
}

func webpChunk(name string, body []byte) []byte {
	b := binary.LittleEndian.AppendUint32([]byte(name), uint32(len(body)))
	b = append(b, body...)
	return append(b, make([]byte, len(body)&1)...)
}

func riff(chunks ...[]byte) []byte {
	body := append([]byte("WEBP"), bytes.Join(chunks, nil)...)
	return append(binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(len(body))), body...)
}

func fixture(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// webpWithExif adds an EXIF chunk to a WebP that has a VP8X header.
func webpWithExif(t testing.TB, o uint16) []byte {
	b := bytes.Clone(fixture(t, "lossy.webp"))
	b[20] |= 8
	return riff(b[12:], webpChunk("EXIF", exif(binary.LittleEndian, o)), webpChunk("XMP ", []byte(planted)))
}

func TestStoredBytesHoldPixelsOnly(t *testing.T) {
	plain := quarters(200, 100)
	for name, upload := range map[string][]byte{
		"JPEG": withMetadata(jpegOf(t, plain), exif(binary.BigEndian, 1)),
		"PNG": afterIHDR(pngOf(t, plain), pngChunk("eXIf", exif(binary.LittleEndian, 1)),
			pngChunk("tEXt", []byte("Comment\x00"+planted)), pngChunk("iTXt", []byte("XML:com.adobe.xmp\x00\x00\x00\x00\x00"+planted))),
		"WebP": webpWithExif(t, 1),
	} {
		t.Run(name, func(t *testing.T) {
			if !bytes.Contains(upload, []byte(planted)) {
				t.Fatal("nothing planted")
			}
			p, err := Clean(bytes.NewReader(upload), Limits{})
			if err != nil {
				t.Fatal(err)
			}
			for what, stored := range map[string][]byte{"Full": p.Full, "Thumb": p.Thumb} {
				for _, trace := range []string{planted, "PLANTED", "Exif", "exif", "xmp", "adobe", "ICC_PROFILE", "Photoshop", "GPS", "PK\x03\x04", "II*\x00", "MM\x00*"} {
					if bytes.Contains(stored, []byte(trace)) {
						t.Errorf("%s holds %q", what, trace)
					}
				}
				for _, m := range markers(t, stored) {
					if m >= 0xe0 && m <= 0xef || m == 0xfe {
						t.Errorf("%s has a segment %x", what, m)
					}
				}
			}
		})
	}
}

// markers lists the segments of a JPEG up to its picture.
func markers(t *testing.T, b []byte) (ms []byte) {
	for b = b[2:]; b[1] != 0xda; b = b[2+binary.BigEndian.Uint16(b[2:]):] {
		if b[0] != 0xff {
			t.Fatalf("no marker: %x", b[:2])
		}
		ms = append(ms, b[1])
	}
	return ms
}

func TestOrientation(t *testing.T) {
	// Which quarter (R, G, B or K) must stand in each corner of the upright picture, from the EXIF standard:
	// the tag says which edge of the scene row 0 and column 0 are.
	want := map[uint16]string{1: "RG BK", 2: "GR KB", 3: "KB GR", 4: "BK RG", 5: "RB GK", 6: "BR KG", 7: "KG BR", 8: "GK RB", 0: "RG BK", 9: "RG BK"}
	for o, corners := range want {
		for _, order := range []binary.AppendByteOrder{binary.BigEndian, binary.LittleEndian} {
			tiff := exif(order, o)
			for format, upload := range map[string][]byte{
				"JPEG": withMetadata(jpegOf(t, quarters(120, 60)), tiff),
				"PNG":  afterIHDR(pngOf(t, quarters(120, 60)), pngChunk("eXIf", tiff)),
			} {
				p, err := Clean(bytes.NewReader(upload), Limits{})
				if err != nil {
					t.Fatal(err)
				}
				w, h := 120, 60
				if o >= 5 && o <= 8 {
					w, h = 60, 120
				}
				if got := cornersOf(t, p.Full); got != corners || p.W != w || p.H != h {
					t.Errorf("%s %v orientation %d: %s %d×%d, want %s %d×%d", format, order, o, got, p.W, p.H, corners, w, h)
				}
				if got := cornersOf(t, p.Thumb); got != corners {
					t.Errorf("%s orientation %d: the thumbnail shows %s", format, o, got)
				}
			}
		}
	}
	if p, err := Clean(bytes.NewReader(webpWithExif(t, 6)), Limits{}); err != nil || p.W != 32 || p.H != 48 {
		t.Errorf("WebP orientation 6: %d×%d, %v; want 32×48", p.W, p.H, err)
	}
}

func cornersOf(t *testing.T, b []byte) string {
	img, err := jpeg.Decode(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	w, h := img.Bounds().Dx(), img.Bounds().Dy()
	at := func(x, y int) string {
		r, g, b, _ := img.At(x, y).RGBA()
		switch {
		case r > 0x8000:
			return "R"
		case g > 0x8000:
			return "G"
		case b > 0x8000:
			return "B"
		}
		return "K"
	}
	return at(w/4, h/4) + at(3*w/4, h/4) + " " + at(w/4, 3*h/4) + at(3*w/4, 3*h/4)
}

func TestSizes(t *testing.T) {
	for name, c := range map[string]struct{ w, h, fullW, fullH, thumbW, thumbH int }{
		"a phone's photo":       {1000, 750, 400, 300, 80, 60},
		"upright, below twice":  {600, 800, 300, 400, 60, 80},
		"small stays small":     {70, 50, 70, 50, 70, 50},
		"one pixel":             {1, 1, 1, 1, 1, 1},
		"a line never vanishes": {5000, 1, 400, 1, 80, 1},
	} {
		t.Run(name, func(t *testing.T) {
			p, err := Clean(bytes.NewReader(jpegOf(t, image.NewGray(image.Rect(0, 0, c.w, c.h)))), Limits{Side: 400, Thumb: 80})
			if err != nil {
				t.Fatal(err)
			}
			full, err1 := jpeg.DecodeConfig(bytes.NewReader(p.Full))
			thumb, err2 := jpeg.DecodeConfig(bytes.NewReader(p.Thumb))
			got := [...]int{full.Width, full.Height, thumb.Width, thumb.Height, p.W, p.H}
			if want := [...]int{c.fullW, c.fullH, c.thumbW, c.thumbH, c.fullW, c.fullH}; got != want || err1 != nil || err2 != nil {
				t.Errorf("got %v, want %v (%v, %v)", got, want, err1, err2)
			}
		})
	}
}

func TestDefaultSizes(t *testing.T) {
	p, err := Clean(bytes.NewReader(jpegOf(t, image.NewGray(image.Rect(0, 0, 3200, 16)))), Limits{})
	if err != nil {
		t.Fatal(err)
	}
	thumb, err := jpeg.DecodeConfig(bytes.NewReader(p.Thumb))
	if p.W != 1600 || p.H != 8 || thumb.Width != 320 || err != nil {
		t.Errorf("full %d×%d, thumbnail %d wide, %v", p.W, p.H, thumb.Width, err)
	}
}

func TestFormats(t *testing.T) {
	for _, name := range []string{"lossy.webp", "lossless.webp", "alpha.webp"} {
		p, err := Clean(bytes.NewReader(fixture(t, name)), Limits{})
		if err != nil || p.W != 48 || p.H != 32 {
			t.Errorf("%s: %d×%d, %v", name, p.W, p.H, err)
		}
	}
	clear := image.NewNRGBA(image.Rect(0, 0, 10, 10))
	p, err := Clean(bytes.NewReader(pngOf(t, clear)), Limits{})
	if err != nil {
		t.Fatal(err)
	}
	img, _ := jpeg.Decode(bytes.NewReader(p.Full))
	if r, _, _, _ := img.At(5, 5).RGBA(); r < 0xf000 {
		t.Errorf("what was transparent is not white but %x", r)
	}
}

func TestRefusals(t *testing.T) {
	good := jpegOf(t, quarters(640, 480))
	goodPNG := pngOf(t, quarters(64, 48))
	goodWebP := fixture(t, "lossless.webp")
	vp8x := func(flags byte, w, h int) []byte {
		return webpChunk("VP8X", []byte{flags, 0, 0, 0, byte(w - 1), byte((w - 1) >> 8), byte((w - 1) >> 16), byte(h - 1), byte((h - 1) >> 8), byte((h - 1) >> 16)})
	}
	for name, c := range map[string]struct {
		upload []byte
		limits Limits
		zh     string
	}{
		"nothing":                            {nil, Limits{}, "是空的"},
		"text named .jpg":                    {[]byte("hello, I am a photo"), Limits{}, "不是照片"},
		"a page":                             {[]byte("<!doctype html><script>alert(1)</script>"), Limits{}, "不是照片"},
		"SVG":                                {[]byte("<svg xmlns='http://www.w3.org/2000/svg'/>"), Limits{}, "不是照片"},
		"noise":                              {bytes.Repeat([]byte{0x00, 0x9f, 0x92}, 50), Limits{}, "不是照片"},
		"GIF":                                {[]byte("GIF89a\x01\x00\x01\x00"), Limits{}, "GIF"},
		"HEIC":                               {[]byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic"), Limits{}, "HEIC"},
		"AVIF":                               {[]byte("\x00\x00\x00\x18ftypavif\x00\x00\x00\x00"), Limits{}, "HEIC"},
		"a video":                            {[]byte("\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00"), Limits{}, "视频"},
		"a PDF":                              {[]byte("%PDF-1.7"), Limits{}, "文档"},
		"a ZIP":                              {[]byte("PK\x03\x04...."), Limits{}, "文档"},
		"an animated PNG":                    {afterIHDR(goodPNG, pngChunk("acTL", make([]byte, 8))), Limits{}, "动态"},
		"an animated WebP":                   {riff(vp8x(2, 48, 32), webpChunk("ANIM", make([]byte, 6))), Limits{}, "动态"},
		"JPEG cut in half":                   {good[:len(good)/2], Limits{}, "不完整"},
		"JPEG cut in its header":             {good[:10], Limits{}, "不完整"},
		"PNG cut":                            {goodPNG[:len(goodPNG)/2], Limits{}, "不完整"},
		"WebP cut":                           {goodWebP[:len(goodWebP)-40], Limits{}, "不完整"},
		"only a JPEG's first bytes":          {[]byte("\xff\xd8\xff"), Limits{}, "不完整"},
		"damaged PNG":                        {damaged(goodPNG, len(goodPNG)-30), Limits{}, "已损坏"},
		"arithmetic-coded JPEG":              {bytes.Replace(good, []byte{0xff, 0xc0}, []byte{0xff, 0xc9}, 1), Limits{}, "JPEG"},
		"a large file":                       {append(bytes.Clone(good), make([]byte, 3<<20)...), Limits{Bytes: 3 << 20}, "超过 3 MB"},
		"a large picture":                    {good, Limits{Pixels: 640*480 - 1}, "超过 30 万像素"},
		"a bomb: PNG header":                 {pngHeader(60_000, 60_000), Limits{}, "60000×60000，超过 5000 万像素"},
		"a bomb: largest PNG header":         {pngHeader(1<<31-1, 1<<31-1), Limits{}, "照片"},
		"a bomb: WebP inside a small canvas": {riff(vp8x(0, 16, 16), webpChunk("VP8L", []byte{0x2f, 0xff, 0xff, 0xff, 0x0f})), Limits{}, "16384×16384"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Clean(bytes.NewReader(c.upload), c.limits)
			if fs := fault.Fields(err); len(fs) != 1 || fs[0].Kind != fault.Invalid || fs[0].Field != Field || !strings.Contains(fs[0].ZH, c.zh) || strings.Contains(fs[0].ZH+fs[0].EN, "%!") {
				t.Errorf("got %+v, want a fault with %q", err, c.zh)
			}
		})
	}
	if _, err := Clean(bytes.NewReader(good), Limits{Bytes: int64(len(good)), Pixels: 640 * 480}); err != nil {
		t.Errorf("exactly at the limits: %v", err)
	}
	if _, err := Clean(iotest.ErrReader(io.ErrClosedPipe), Limits{}); !errors.Is(err, io.ErrClosedPipe) || fault.KindOf(err) != fault.Internal {
		t.Errorf("a broken connection became %v", err)
	}
}

func damaged(b []byte, at int) []byte {
	b = bytes.Clone(b)
	b[at] ^= 0x55
	return b
}

func pngHeader(w, h uint32) []byte {
	body := binary.BigEndian.AppendUint32(nil, w)
	body = binary.BigEndian.AppendUint32(body, h)
	body = append(body, 8, 2, 0, 0, 0)
	return append([]byte("\x89PNG\r\n\x1a\n"), pngChunk("IHDR", body)...)
}

func TestDHash(t *testing.T) {
	scene := image.NewRGBA(image.Rect(0, 0, 400, 300))
	other := image.NewRGBA(scene.Rect)
	for y := range 300 {
		for x := range 400 {
			scene.SetRGBA(x, y, color.RGBA{uint8(x * y / 1000), uint8(x * 3), uint8(y), 255})
			other.SetRGBA(x, y, color.RGBA{uint8(y * 2), uint8((x ^ y) * 2), uint8(x), 255})
		}
	}
	clean := func(b []byte) Photo {
		p, err := Clean(bytes.NewReader(b), Limits{})
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	first := clean(jpegOf(t, scene))
	again := clean(first.Full)
	small := clean(first.Thumb)
	if !Alike(first.DHash, again.DHash) || !Alike(first.DHash, small.DHash) {
		t.Errorf("copies differ: %d and %d of 64", Distance(first.DHash, again.DHash), Distance(first.DHash, small.DHash))
	}
	if stranger := clean(jpegOf(t, other)); Alike(first.DHash, stranger.DHash) {
		t.Errorf("strangers are alike: %d of 64", Distance(first.DHash, stranger.DHash))
	}
	if same := clean(jpegOf(t, scene)); same.SHA256 != first.SHA256 {
		t.Error("the same upload gives two hashes")
	}
}

func TestCleanerKeepsItsBudget(t *testing.T) {
	upload := jpegOf(t, quarters(100, 100))
	c := NewCleaner(Limits{}, 1000) // less than one picture needs: one at a time
	done := make(chan error)
	for range 8 {
		go func() {
			_, err := c.Clean(context.Background(), bytes.NewReader(upload))
			done <- err
		}()
	}
	for range 8 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	if !c.room.TryAcquire(1000) {
		t.Fatal("room was not given back")
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := c.Clean(ctx, bytes.NewReader(upload)); !errors.Is(err, context.Canceled) {
		t.Errorf("without room and with a cancelled request: %v", err)
	}
	if _, err := c.Clean(ctx, bytes.NewReader(nil)); fault.KindOf(err) != fault.Invalid {
		t.Errorf("an empty file waits for room: %v", err)
	}
}

func FuzzClean(f *testing.F) {
	f.Add(withMetadata(jpegOf(f, quarters(16, 8)), exif(binary.BigEndian, 6)))
	f.Add(pngOf(f, quarters(16, 8)))
	f.Add(afterIHDR(pngOf(f, quarters(9, 9)), pngChunk("eXIf", exif(binary.LittleEndian, 8))))
	for _, name := range []string{"lossy.webp", "lossless.webp", "alpha.webp"} {
		f.Add(fixture(f, name))
	}
	f.Add([]byte("\xff\xd8\xff\xe1\xff\xff"))
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := Clean(bytes.NewReader(b), Limits{Pixels: 1 << 20})
		if err != nil {
			if fs := fault.Fields(err); len(fs) != 1 || fs[0].Field != Field {
				t.Fatalf("not a sentence: %v", err)
			}
			return
		}
		cfg, err := jpeg.DecodeConfig(bytes.NewReader(p.Full))
		if err != nil || cfg.Width != p.W || cfg.Height != p.H || max(p.W, p.H) > 1600 {
			t.Fatalf("stored %d×%d, %v", cfg.Width, cfg.Height, err)
		}
	})
}

func BenchmarkClean12MP(b *testing.B) {
	upload := jpegOf(b, quarters(4000, 3000))
	for b.Loop() {
		if _, err := Clean(bytes.NewReader(upload), Limits{}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(len(upload))/(1<<20), "MB-in")
}
