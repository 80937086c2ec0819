package demo

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"

	"gezhi/internal/photo"
)

// drawing is a flat picture of a thing: a ground, and shapes on it.
type drawing struct {
	ground color.RGBA
	shapes []shape
}

// shape is a rectangle, or the round that fits into it.
type shape struct {
	at    image.Rectangle
	round bool
	in    color.RGBA
}

const drawnSide = 320

func rect(x, y, w, h int, in color.RGBA) shape { return shape{image.Rect(x, y, x+w, y+h), false, in} }
func disc(x, y, w, h int, in color.RGBA) shape { return shape{image.Rect(x, y, x+w, y+h), true, in} }

var (
	cream  = color.RGBA{248, 242, 228, 255}
	sky    = color.RGBA{226, 238, 248, 255}
	mint   = color.RGBA{228, 243, 234, 255}
	rose   = color.RGBA{250, 232, 228, 255}
	white  = color.RGBA{255, 255, 255, 255}
	red    = color.RGBA{190, 62, 48, 255}
	blue   = color.RGBA{52, 110, 168, 255}
	green  = color.RGBA{46, 138, 88, 255}
	gold   = color.RGBA{222, 166, 48, 255}
	brown  = color.RGBA{140, 98, 60, 255}
	dark   = color.RGBA{58, 70, 84, 255}
	silver = color.RGBA{188, 196, 204, 255}
)

// drawings are what the demonstration's rewards look like, by name.
var drawings = map[string]drawing{
	"rice":   {cream, []shape{rect(90, 60, 140, 220, white), rect(90, 60, 140, 34, red), rect(90, 246, 140, 34, red), disc(120, 120, 80, 80, gold), rect(104, 214, 112, 10, brown)}},
	"oil":    {mint, []shape{rect(136, 40, 48, 44, red), rect(110, 84, 100, 200, gold), rect(122, 140, 76, 90, white), disc(138, 156, 44, 56, green)}},
	"tissue": {sky, []shape{rect(60, 130, 200, 120, blue), rect(60, 130, 200, 18, white), disc(110, 84, 100, 80, white), rect(84, 178, 152, 40, sky)}},
	"soap":   {rose, []shape{rect(120, 60, 80, 40, dark), rect(96, 100, 128, 190, blue), rect(112, 150, 96, 100, white), disc(132, 170, 56, 56, sky)}},
	"bag":    {mint, []shape{rect(84, 110, 152, 160, green), rect(116, 70, 16, 60, dark), rect(188, 70, 16, 60, dark), rect(116, 70, 88, 14, dark), disc(126, 150, 68, 68, white)}},
	"ticket": {rose, []shape{rect(40, 100, 240, 120, red), disc(24, 144, 32, 32, rose), disc(264, 144, 32, 32, rose), rect(200, 108, 4, 104, white), rect(68, 130, 104, 14, white), rect(68, 164, 72, 14, white)}},
	"cut":    {sky, []shape{rect(150, 60, 14, 150, silver), rect(172, 60, 14, 150, silver), disc(112, 196, 64, 64, dark), disc(128, 212, 32, 32, sky), disc(160, 196, 64, 64, dark), disc(176, 212, 32, 32, sky)}},
	"towel":  {cream, []shape{rect(70, 80, 180, 180, sky), rect(70, 200, 180, 14, blue), rect(70, 224, 180, 14, blue), rect(70, 80, 180, 20, white)}},
	"book":   {sky, []shape{rect(90, 70, 140, 190, blue), rect(90, 70, 18, 190, dark), rect(124, 104, 88, 12, white), rect(124, 130, 60, 12, white), rect(96, 252, 134, 8, white)}},
	"ball":   {mint, []shape{rect(60, 150, 200, 12, brown), disc(120, 60, 120, 120, red), rect(164, 170, 32, 100, brown), disc(216, 200, 40, 40, white)}},
	"lamp":   {cream, []shape{disc(100, 60, 120, 120, gold), rect(136, 170, 48, 30, silver), rect(142, 204, 36, 12, dark), rect(148, 220, 24, 10, dark)}},
	"charge": {sky, []shape{rect(90, 60, 140, 220, dark), rect(104, 76, 112, 90, sky), rect(150, 88, 20, 40, gold), rect(138, 120, 32, 12, gold), rect(140, 130, 20, 30, gold), disc(136, 196, 48, 48, green)}},
}

// drawThings draws every reward's picture once and cleans it as an upload is.
func drawThings() (map[string]photo.Photo, error) {
	out := map[string]photo.Photo{}
	for name, d := range drawings {
		var b bytes.Buffer
		if err := jpeg.Encode(&b, d.draw(), &jpeg.Options{Quality: 70}); err != nil {
			return nil, err
		}
		clean, err := photo.Clean(&b, photo.Limits{Thumb: 200})
		if err != nil {
			return nil, err
		}
		out[name] = clean
	}
	return out, nil
}

func (d drawing) draw() image.Image {
	m := image.NewRGBA(image.Rect(0, 0, drawnSide, drawnSide))
	fill(m, m.Bounds(), d.ground)
	for _, s := range d.shapes {
		if !s.round {
			fill(m, s.at, s.in)
			continue
		}
		rx, ry := s.at.Dx(), s.at.Dy() // twice the radii
		for y := range ry {
			dy := 2*y + 1 - ry
			for x := range rx {
				if dx := 2*x + 1 - rx; dx*dx*ry*ry+dy*dy*rx*rx <= rx*rx*ry*ry {
					m.SetRGBA(s.at.Min.X+x, s.at.Min.Y+y, s.in)
				}
			}
		}
	}
	return m
}
