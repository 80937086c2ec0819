package photo

import (
	"bytes"
	"encoding/binary"
	"image"
)

// orientation is the EXIF tag 0x0112: how the stored rows and columns must be turned to be upright.
// 1 is upright; what is missing or out of range counts as 1.
type orientation uint8

// orientation looks for the tag where each format keeps EXIF.
func (k kind) orientation(b []byte) orientation {
	if k == jpegFile {
		return jpegOrientation(b)
	}
	o := orientation(1)
	k.chunks(b, func(name string, body []byte) bool {
		if name != "eXIf" && name != "EXIF" {
			return true
		}
		o = exifOrientation(bytes.TrimPrefix(body, []byte("Exif\x00\x00")))
		return false
	})
	return o
}

// jpegOrientation walks the segments before the picture to the first Exif one.
func jpegOrientation(b []byte) orientation {
	for b = b[2:]; len(b) >= 4 && b[0] == 0xff; {
		marker, size := b[1], int(binary.BigEndian.Uint16(b[2:]))
		switch {
		case marker == 0xff: // fill byte
			b = b[1:]
			continue
		case marker == 0xda, marker == 0xd9, size < 2, len(b) < 2+size:
			return 1
		}
		body := b[4 : 2+size]
		if rest, ok := bytes.CutPrefix(body, []byte("Exif\x00\x00")); ok && marker == 0xe1 {
			return exifOrientation(rest)
		}
		b = b[2+size:]
	}
	return 1
}

// exifOrientation reads the tag from IFD0 of a TIFF structure.
func exifOrientation(b []byte) orientation {
	var order binary.ByteOrder
	switch {
	case bytes.HasPrefix(b, []byte("II*\x00")):
		order = binary.LittleEndian
	case bytes.HasPrefix(b, []byte("MM\x00*")):
		order = binary.BigEndian
	default:
		return 1
	}
	if len(b) < 8 {
		return 1
	}
	at := uint64(order.Uint32(b[4:]))
	if at+2 > uint64(len(b)) {
		return 1
	}
	entries := b[at+2:]
	for n := order.Uint16(b[at:]); n > 0 && len(entries) >= 12; n, entries = n-1, entries[12:] {
		if order.Uint16(entries) != 0x0112 {
			continue
		}
		const short = 3
		if o := order.Uint16(entries[8:]); order.Uint16(entries[2:]) == short && o >= 1 && o <= 8 {
			return orientation(o)
		}
		return 1
	}
	return 1
}

// apply turns img upright. Only small pictures pass here: it runs after scaling.
func (o orientation) apply(img *image.RGBA) *image.RGBA {
	if o <= 1 {
		return img
	}
	w, h := img.Rect.Dx(), img.Rect.Dy()
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	if o >= 5 {
		out = image.NewRGBA(image.Rect(0, 0, h, w))
	}
	for y := range h {
		for x := range w {
			tx, ty := o.to(x, y, w, h)
			copy(out.Pix[out.PixOffset(tx, ty):][:4], img.Pix[img.PixOffset(x, y):][:4])
		}
	}
	return out
}

// to is where the stored pixel (x, y) of a w×h picture belongs (EXIF 2.3, 4.6.4).
func (o orientation) to(x, y, w, h int) (int, int) {
	switch o {
	case 2:
		return w - 1 - x, y
	case 3:
		return w - 1 - x, h - 1 - y
	case 4:
		return x, h - 1 - y
	case 5:
		return y, x
	case 6:
		return h - 1 - y, x
	case 7:
		return h - 1 - y, w - 1 - x
	case 8:
		return y, w - 1 - x
	}
	return x, y
}
