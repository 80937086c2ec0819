package htmlcheck

import (
	"strings"
	"testing"
)

func TestPageFindsWhatIsPlanted(t *testing.T) {
	const frame = `<!DOCTYPE html><html lang="zh-CN"><head><title>t</title></head><body><main><h1>h</h1>%</main></body></html>`
	for name, c := range map[string]struct{ body, want string }{
		"a good page":              {`<label for="a">n</label><input id="a" name="a">`, ""},
		"a style attribute":        {`<p style="color:red">x</p>`, "has style"},
		"an event attribute":       {`<p onclick="x()">x</p>`, "has onclick"},
		"an inline script":         {`<script>1</script>`, "inline script"},
		"data in a script element": {`<script type="application/json">{}</script>`, ""},
		"a style element":          {`<style>p{}</style>`, "style element"},
		"an id twice":              {`<p id="a"></p><p id="a"></p>`, "used twice"},
		"a label to nowhere":       {`<label for="b">n</label>`, `for="b"`},
		"a hint that is missing":   {`<input id="a" aria-describedby="a-hint">`, "a-hint"},
		"a picture without words":  {`<img src="x">`, "no alt"},
		"a button without a type":  {`<button>x</button>`, "no type"},
		"an unknown class":         {`<p class="gz-nowhere">x</p>`, "gz-nowhere"},
		"an unlabelled field":      {`<input name="q">`, "neither id"},
		"a second heading":         {`<h1>x</h1>`, "2 h1"},
		"a link without an aim":    {`<a>x</a>`, "no href"},
	} {
		t.Run(name, func(t *testing.T) {
			got := Page([]byte(strings.Replace(frame, "%", c.body, 1)))
			switch {
			case c.want == "" && len(got) != 0:
				t.Errorf("found %q, want nothing", got)
			case c.want != "" && (len(got) != 1 || !strings.Contains(got[0], c.want)):
				t.Errorf("found %q, want one with %q", got, c.want)
			}
		})
	}
}
