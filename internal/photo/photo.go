// Package photo turns what people upload into two plain JPEGs that hold pixels and nothing else.
//
// A phone's file carries where and when it was taken, the camera's serial number and often a thumbnail of
// what was cropped away. Nothing of the file is kept: it is decoded, turned upright, scaled
// and encoded again.
//
// HEIC is recognised and refused with a sentence. The one decoder to be had without cgo (libheif in WebAssembly) took
// 4 s to start and 2 s for 1.8 megapixels, and it opens shared libraries of the host, so that the program would no
// longer be one static file. A page that asks with accept="image/jpeg,image/png,image/webp" makes iPhones send JPEG.
package photo

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"io"

	"golang.org/x/sync/semaphore"

	"gezhi/internal/fault"
)

// Field is the form field that every fault of this package belongs beside.
const Field = "photo"

// Limits of one upload. A zero field means the default.
type Limits struct {
	Bytes  int64 // size of the file; default 20 MB
	Pixels int   // width × height before scaling; default 50 million
	Side   int   // longest side of Full in pixels; default 1600
	Thumb  int   // longest side of Thumb in pixels; default 320
}

func (l Limits) orDefault() Limits {
	if l.Bytes == 0 {
		l.Bytes = 20 << 20
	}
	if l.Pixels == 0 {
		l.Pixels = 50_000_000
	}
	if l.Side == 0 {
		l.Side = 1600
	}
	if l.Thumb == 0 {
		l.Thumb = 320
	}
	return l
}

// Photo is a cleaned picture, upright, on white where it was transparent.
type Photo struct {
	Full, Thumb []byte            // JPEG
	W, H        int               // of Full, in pixels
	SHA256      [sha256.Size]byte // of Full
	DHash       uint64            // likeness: see Alike
}

// Clean reads one upload and returns what may be stored. Everything a sender can do wrong comes back
// as an Invalid fault beside Field; other errors are those of r.
// Decoding holds up to about 8 bytes a pixel, 400 MB at 50 megapixels: behind a server use a Cleaner.
func Clean(r io.Reader, limits Limits) (Photo, error) {
	f, err := read(r, limits.orDefault())
	if err != nil {
		return Photo{}, err
	}
	return f.clean(limits.orDefault())
}

// Cleaner cleans many uploads at once within a budget of memory.
type Cleaner struct {
	limits Limits
	budget int64
	room   *semaphore.Weighted
}

// NewCleaner keeps the memory of decoded pictures near budget bytes, however many are sent at once;
// a picture that needs more than all of it is cleaned alone.
func NewCleaner(limits Limits, budget int64) *Cleaner {
	return &Cleaner{limits: limits.orDefault(), budget: budget, room: semaphore.NewWeighted(budget)}
}

// Clean is the package's Clean, waiting for room. It returns ctx's error when the wait is given up.
func (c *Cleaner) Clean(ctx context.Context, r io.Reader) (Photo, error) {
	f, err := read(r, c.limits)
	if err != nil {
		return Photo{}, err
	}
	need := min(int64(f.w)*int64(f.h)*8, c.budget)
	if err := c.room.Acquire(ctx, need); err != nil {
		return Photo{}, err
	}
	defer c.room.Release(need)
	return f.clean(c.limits)
}

// file is an upload whose kind and size are known and within the limits, not yet decoded.
type file struct {
	kind   kind
	data   []byte
	w, h   int
	turned orientation
}

func read(r io.Reader, l Limits) (file, error) {
	data, err := io.ReadAll(io.LimitReader(r, l.Bytes+1))
	if err != nil {
		return file{}, fmt.Errorf("read upload: %w", err)
	}
	if int64(len(data)) > l.Bytes {
		return file{}, fault.Field(Field, "照片超过 %d MB，请在手机相册中缩小后再上传。",
			"The photo is larger than %d MB. Please make it smaller and send it again.", l.Bytes>>20)
	}
	f := file{kind: sniff(data), data: data}
	if err := f.kind.refusal(data); err != nil {
		return file{}, err
	}
	cfg, err := f.kind.config(data)
	if err != nil {
		return file{}, f.broken(err)
	}
	f.w, f.h = cfg.Width, cfg.Height
	if f.w <= 0 || f.h <= 0 {
		return file{}, f.broken(errors.New("no pixels"))
	}
	if f.w > l.Pixels/f.h {
		return file{}, fault.Field(Field, "照片尺寸为 %[1]d×%[2]d，超过 %[3]d 万像素，请降低分辨率后再上传。",
			"The photo measures %[1]d×%[2]d, more than %[4]d million pixels. Please lower its resolution and send it again.",
			f.w, f.h, l.Pixels/10_000, l.Pixels/1_000_000)
	}
	f.turned = f.kind.orientation(data)
	return f, nil
}

func (f file) clean(l Limits) (Photo, error) {
	img, err := f.kind.decode(f.data)
	if err != nil {
		return Photo{}, f.broken(err)
	}
	return finish(f.turned.apply(scale(img, l.Side)), l)
}

// Drawn is the photo of a picture the program drew itself, which needs no cleaning.
func Drawn(img image.Image, limits Limits) (Photo, error) {
	l := limits.orDefault()
	return finish(scale(img, l.Side), l)
}

func finish(full *image.RGBA, l Limits) (p Photo, err error) {
	thumb := scale(full, l.Thumb)
	p = Photo{W: full.Rect.Dx(), H: full.Rect.Dy(), DHash: dhash(thumb)}
	if p.Full, err = encode(full, 82); err != nil {
		return Photo{}, err
	}
	if p.Thumb, err = encode(thumb, 75); err != nil {
		return Photo{}, err
	}
	p.SHA256 = sha256.Sum256(p.Full)
	return p, nil
}

func encode(img image.Image, quality int) ([]byte, error) {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: quality}); err != nil {
		return nil, fmt.Errorf("encode photo: %w", err)
	}
	return b.Bytes(), nil
}

// broken words a decoder's error for the sender.
func (f file) broken(err error) error {
	var unsupported jpeg.UnsupportedError
	switch {
	case errors.As(err, &unsupported):
		return fault.Field(Field, "这种 JPEG 编码暂不支持，请用手机相册“编辑—保存”另存一次后再上传。",
			"This kind of JPEG cannot be read. Please save it again from your photo album and send that copy.")
	case f.kind.cut(f.data):
		return fault.Field(Field, "照片不完整，可能上传中断或原图没有下载完，请重新上传。",
			"The photo is cut off; it may not have been downloaded or sent in full. Please send it again.")
	}
	return fault.Field(Field, "照片已损坏，无法打开，请重新拍摄或换一张。",
		"The photo is damaged and cannot be opened. Please take it again or send another.")
}
