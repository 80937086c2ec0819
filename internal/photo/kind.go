package photo

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/jpeg"
	"image/png"
	"unicode/utf8"

	"golang.org/x/image/webp"

	"gezhi/internal/fault"
)

// kind is what a file's first bytes say it is; its name and content type say nothing.
type kind uint8

const (
	unknown kind = iota
	empty
	jpegFile
	pngFile
	webpFile
	gifFile
	heicFile
	video
	document
	text
)

func sniff(b []byte) kind {
	starts := func(s string) bool { return bytes.HasPrefix(b, []byte(s)) }
	switch {
	case len(b) == 0:
		return empty
	case starts("\xff\xd8\xff"):
		return jpegFile
	case starts("\x89PNG\r\n\x1a\n"):
		return pngFile
	case starts("RIFF") && len(b) >= 12 && string(b[8:12]) == "WEBP":
		return webpFile
	case starts("GIF87a"), starts("GIF89a"):
		return gifFile
	case len(b) >= 12 && string(b[4:8]) == "ftyp":
		switch string(b[8:12]) {
		case "heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1", "avif", "avis":
			return heicFile
		}
		return video
	case starts("RIFF"), starts("\x1aE\xdf\xa3"):
		return video
	case starts("%PDF"), starts("PK\x03\x04"), starts("\xd0\xcf\x11\xe0"):
		return document
	case utf8.Valid(b[:min(len(b), 64)]) && !bytes.ContainsRune(b[:min(len(b), 64)], 0):
		return text
	}
	return unknown
}

// refusal is why a file of this kind is not accepted, nil when it is.
func (k kind) refusal(b []byte) error {
	switch k {
	case jpegFile, pngFile, webpFile:
		if k.animated(b) {
			return fault.Field(Field, "不能上传动态图片，请上传照片（JPEG、PNG 或 WebP）。", "Moving pictures are not accepted. Please send a photo (JPEG, PNG or WebP).")
		}
		return nil
	case empty:
		return fault.Field(Field, "照片文件是空的，请重新选择。", "The photo file is empty. Please choose it again.")
	case gifFile:
		return fault.Field(Field, "不能上传 GIF 图片，请上传照片（JPEG、PNG 或 WebP）。", "GIF pictures are not accepted. Please send a photo (JPEG, PNG or WebP).")
	case heicFile:
		return fault.Field(Field,
			"暂不支持 HEIC 照片。iPhone 请在“设置—相机—格式”中选“兼容性最佳”后重拍，或在相册中截屏后上传截图。",
			"HEIC photos are not accepted. On an iPhone choose Settings, Camera, Formats, Most Compatible and take the photo again, or send a screenshot of it.")
	case video:
		return fault.Field(Field, "这是视频或音频文件，请上传照片（JPEG、PNG 或 WebP）。", "This is a video or sound file. Please send a photo (JPEG, PNG or WebP).")
	case document:
		return fault.Field(Field, "这是文档或压缩包，请上传照片（JPEG、PNG 或 WebP）。", "This is a document or archive. Please send a photo (JPEG, PNG or WebP).")
	}
	return fault.Field(Field, "文件内容不是照片（扩展名不算数），请上传 JPEG、PNG 或 WebP 照片。",
		"The file does not hold a photo, whatever its name says. Please send a JPEG, PNG or WebP photo.")
}

// animated reports an animated PNG (acTL before the picture) or WebP (a bit of its VP8X header).
func (k kind) animated(b []byte) bool {
	found := false
	k.chunks(b, func(name string, body []byte) bool {
		found = name == "acTL" || name == "VP8X" && len(body) > 0 && body[0]&2 != 0
		return !found && name != "IDAT"
	})
	return found
}

// config reads the size without decoding. For WebP it is the larger of the canvas and the picture inside:
// a file may announce a small canvas and hold a picture of 268 megapixels.
func (k kind) config(b []byte) (image.Config, error) {
	switch k {
	case jpegFile:
		return jpeg.DecodeConfig(bytes.NewReader(b))
	case pngFile:
		return png.DecodeConfig(bytes.NewReader(b))
	}
	cfg, err := webp.DecodeConfig(bytes.NewReader(b))
	if err != nil {
		return cfg, err
	}
	k.chunks(b, func(name string, body []byte) bool {
		w, h := 0, 0
		switch {
		case name == "VP8 " && len(body) >= 10: // RFC 6386, 9.1
			w, h = int(body[6])|int(body[7]&0x3f)<<8, int(body[8])|int(body[9]&0x3f)<<8
		case name == "VP8L" && len(body) >= 5: // 14 bits each, less one
			bits := binary.LittleEndian.Uint32(body[1:])
			w, h = int(bits&0x3fff)+1, int(bits>>14&0x3fff)+1
		}
		cfg.Width, cfg.Height = max(cfg.Width, w), max(cfg.Height, h)
		return true
	})
	return cfg, nil
}

func (k kind) decode(b []byte) (image.Image, error) {
	switch k {
	case jpegFile:
		return jpeg.Decode(bytes.NewReader(b))
	case pngFile:
		return png.Decode(bytes.NewReader(b))
	}
	return webp.Decode(bytes.NewReader(b))
}

// cut reports whether the end of the file is missing. The decoders have many words for what they meet then.
func (k kind) cut(b []byte) bool {
	switch k {
	case jpegFile: // neither marker occurs inside coded pixels, where ff is followed by 00
		return bytes.LastIndex(b, []byte("\xff\xd9")) <= bytes.LastIndex(b, []byte("\xff\xda"))
	case webpFile:
		return uint64(binary.LittleEndian.Uint32(b[4:]))+8 > uint64(len(b))
	}
	ended := false
	k.chunks(b, func(name string, _ []byte) bool {
		ended = name == "IEND"
		return !ended
	})
	return !ended
}

// chunks walks the chunks of a PNG or WebP file until each returns false. A chunk cut short is given as far as it goes.
func (k kind) chunks(b []byte, each func(name string, body []byte) bool) {
	switch k {
	case pngFile:
		b = b[8:]
	case webpFile:
		b = b[12:]
	default:
		return
	}
	for len(b) >= 8 {
		var name string
		var size, trailer uint64
		if k == pngFile {
			name, size, trailer = string(b[4:8]), uint64(binary.BigEndian.Uint32(b)), 4
		} else {
			name, size = string(b[:4]), uint64(binary.LittleEndian.Uint32(b[4:]))
			trailer = size & 1
		}
		b = b[8:]
		if !each(name, b[:min(size, uint64(len(b)))]) {
			return
		}
		b = b[min(size+trailer, uint64(len(b))):]
	}
}
