// Package browser says in go test's summary whether the browser tests ran.
package browser

import (
	"testing"

	"gezhi/internal/browser"
	"gezhi/internal/needs"
)

func TestMain(m *testing.M) { needs.Browser.Main(m, browser.Missing()) }

func TestABrowserCanBeHad(t *testing.T) {
	browser.Start(t)
}
