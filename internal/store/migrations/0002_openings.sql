-- +goose Up
-- One row per opening of the database: its number keeps the ids of different processes apart
-- (id.go), its mark tells after a lost connection whether a commit took place (postgres.go).
CREATE TABLE openings (
  opening INTEGER NOT NULL PRIMARY KEY,
  at      INTEGER NOT NULL,
  mark    INTEGER NOT NULL DEFAULT 0
) STRICT;

-- +goose Down
DROP TABLE openings;
