// Package packs embeds the data of the zones that Gezhi comes with. README.md beside this file
// says what each file means and how an operator writes a pack of their own.
package packs

import "embed"

// FS holds a folder per zone, and common, which every zone builds on.
//
//go:embed common binjiang yangling
var FS embed.FS
