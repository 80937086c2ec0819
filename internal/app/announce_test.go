package app

import (
	"bytes"
	"encoding/json"
	"os"
	"regexp"
	"strings"
	"testing"

	"gezhi/internal/casework"
)

// With nobody to tell a move asks nothing of the database: here there is none it could ask.
func TestNobodyToTellCostsNothing(t *testing.T) {
	if err := announce(nil, &Zone{}, casework.Outcome{Events: make([]casework.Event, 3)}); err != nil {
		t.Error(err)
	}
}

// The notice that docs/API.md shows is one that could be sent, and every kind of notice is explained there.
func TestTheDocumentedNoticeIsAsSent(t *testing.T) {
	text, err := os.ReadFile("../../docs/API.md")
	if err != nil {
		t.Fatal(err)
	}
	body := regexp.MustCompile(`(?m)^    body: (.+)$`).FindSubmatch(text)
	if body == nil {
		t.Fatal("there is no example")
	}
	d := json.NewDecoder(bytes.NewReader(body[1]))
	d.DisallowUnknownFields()
	var n told
	if err := d.Decode(&n); err != nil {
		t.Fatal(err)
	}
	if again, _ := json.Marshal(n); string(again) != string(body[1]) {
		t.Errorf("documented %s\nsent       %s", body[1], again)
	}
	for _, k := range NoticeKinds() {
		if !strings.Contains(string(text), "| "+k.ID+" |") {
			t.Errorf("%s is not explained", k.ID)
		}
	}
}
