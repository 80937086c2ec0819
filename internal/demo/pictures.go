package demo

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"math/rand/v2"

	"gezhi/internal/photo"
)

// pictures are drawn scenes, some with something amiss and some set right. Each is cleaned once as an
// upload is and then used for many cases: encoding thousands would take longer than the whole life.
type pictures struct{ amiss, right []photo.Photo }

const (
	sceneWidth, sceneHeight = 420, 360
	scenes                  = 5 // of each sort
)

func drawPictures(r *rand.Rand) (pictures, error) {
	var p pictures
	for i := range 2 * scenes {
		var b bytes.Buffer
		if err := jpeg.Encode(&b, scene(r, i%2 == 0), &jpeg.Options{Quality: 60}); err != nil {
			return p, err
		}
		clean, err := photo.Clean(&b, photo.Limits{Thumb: 200})
		if err != nil {
			return p, err
		}
		if i%2 == 0 {
			p.amiss = append(p.amiss, clean)
		} else {
			p.right = append(p.right, clean)
		}
	}
	return p, nil
}

// scene draws a street: sky, houses with windows, pavement, and a heap on it when something is amiss.
func scene(r *rand.Rand, amiss bool) image.Image {
	m := image.NewRGBA(image.Rect(0, 0, sceneWidth, sceneHeight))
	for y := range 200 {
		fill(m, image.Rect(0, y, sceneWidth, y+1), color.RGBA{uint8(150 + y/3), uint8(185 + y/5), 235, 255})
	}
	for x := -20; x < sceneWidth; {
		w, h := 70+r.IntN(70), 90+r.IntN(100)
		wall := uint8(165 + r.IntN(60))
		house(m, image.Rect(x, 230-h, x+w, 230), color.RGBA{wall, wall - 12, wall - 26, 255})
		x += w + r.IntN(14)
	}
	fill(m, image.Rect(0, 230, sceneWidth, 270), color.RGBA{120, 160, 100, 255})
	fill(m, image.Rect(0, 270, sceneWidth, sceneHeight), color.RGBA{150, 150, 152, 255})
	for x := 0; x < sceneWidth; x += 40 {
		fill(m, image.Rect(x, 270, x+1, sceneHeight), color.RGBA{128, 128, 130, 255})
	}
	if amiss {
		at := 90 + r.IntN(260)
		for range 26 {
			x, y, s := at+r.IntN(110)-55, 320-r.IntN(46), 10+r.IntN(24)
			fill(m, image.Rect(x, y, x+s, y+s*3/4), color.RGBA{uint8(40 + r.IntN(150)), uint8(40 + r.IntN(110)), uint8(30 + r.IntN(90)), 255})
		}
	}
	return m
}

func house(m *image.RGBA, wall image.Rectangle, c color.RGBA) {
	fill(m, wall, c)
	for y := wall.Min.Y + 10; y < wall.Max.Y-16; y += 24 {
		for x := wall.Min.X + 8; x < wall.Max.X-14; x += 20 {
			fill(m, image.Rect(x, y, x+11, y+14), color.RGBA{90, 110, 130, 255})
		}
	}
}

func fill(m *image.RGBA, r image.Rectangle, c color.RGBA) {
	r = r.Intersect(m.Bounds())
	for y := r.Min.Y; y < r.Max.Y; y++ {
		row := m.Pix[m.PixOffset(r.Min.X, y):m.PixOffset(r.Max.X, y)]
		for i := 0; i < len(row); i += 4 {
			row[i], row[i+1], row[i+2], row[i+3] = c.R, c.G, c.B, c.A
		}
	}
}
