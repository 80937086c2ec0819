// Package postgresql says in go test's summary whether the PostgreSQL tests ran.
package postgresql

import (
	"testing"

	"gezhi/internal/needs"
	"gezhi/internal/testdb"
)

func TestMain(m *testing.M) { needs.PostgreSQL.Main(m, testdb.Missing()) }

func TestADatabaseCanBeHad(t *testing.T) {
	if url := testdb.Postgres(t); url == "" {
		t.Error("no URL")
	}
}
