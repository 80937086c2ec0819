package photo

import (
	"image"
	"math/bits"

	"golang.org/x/image/draw"
)

// scale returns img on white, its longest side no longer than side pixels and never enlarged.
//
// ApproxBiLinear weighs four source pixels for each result, which skips rows below half size and makes railings and
// tiles shimmer; a step at twice the size in between weighs enough of them. The exact kernels of
// x/image/draw would hold 150 MB more for a 12 megapixel photo.
func scale(img image.Image, side int) *image.RGBA {
	b := img.Bounds()
	longest := max(b.Dx(), b.Dy())
	if longest > 2*side {
		img = resize(img, fit(b, 2*side))
	}
	return resize(img, fit(b, min(side, longest)))
}

// fit is the size of b with its longest side made side pixels.
func fit(b image.Rectangle, side int) image.Rectangle {
	w, h := b.Dx(), b.Dy()
	longest := max(w, h)
	return image.Rect(0, 0, max((w*side+longest/2)/longest, 1), max((h*side+longest/2)/longest, 1))
}

func resize(img image.Image, to image.Rectangle) *image.RGBA {
	out := image.NewRGBA(to)
	op := draw.Src
	if o, ok := img.(interface{ Opaque() bool }); !ok || !o.Opaque() {
		draw.Draw(out, to, image.White, image.Point{}, draw.Src)
		op = draw.Over
	}
	draw.ApproxBiLinear.Scale(out, to, img, img.Bounds(), op, nil)
	return out
}

// dhash compares neighbouring brightness on a grid of 9×8: it survives scaling and another round of JPEG.
func dhash(img *image.RGBA) uint64 {
	small := image.NewGray(image.Rect(0, 0, 9, 8))
	draw.BiLinear.Scale(small, small.Rect, img, img.Rect, draw.Src, nil)
	var hash uint64
	for y := range 8 {
		for x := range 8 {
			hash <<= 1
			if small.GrayAt(x, y).Y < small.GrayAt(x+1, y).Y {
				hash |= 1
			}
		}
	}
	return hash
}

// Distance is how many of the 64 comparisons differ between two DHashes: 0 for copies, about 32 for strangers.
func Distance(a, b uint64) int { return bits.OnesCount64(a ^ b) }

// Alike reports whether two DHashes are near enough to show their photos side by side as possible copies.
// It is a hint and decides nothing about anybody: plain walls and skies look alike too. At most, somebody is asked
// for another photo.
func Alike(a, b uint64) bool { return Distance(a, b) <= 6 }
