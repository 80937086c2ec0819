package ui

import "github.com/a-h/templ"

// common are the attributes every control takes from its Field.
func common(f Field) templ.OrderedAttributes {
	var list templ.OrderedAttributes
	add := func(key string, value any) { list = append(list, templ.KeyValue[string, any]{Key: key, Value: value}) }
	if by := f.describedBy(); by != "" {
		add("aria-describedby", by)
	}
	if f.Error != "" {
		add("aria-invalid", "true")
	}
	if !f.Optional {
		add("aria-required", "true")
	}
	if f.Private {
		add("data-private", true)
	}
	return list
}

// tiles are the attributes of a map with a tile server; none without.
func tiles(m MapLayer) templ.OrderedAttributes {
	if m.Tiles == "" {
		return nil
	}
	return templ.OrderedAttributes{
		{Key: "data-tiles", Value: m.Tiles},
		{Key: "data-credit", Value: m.Credit},
	}
}
