-- +goose Up
-- What administrators' pages keep: more about areas, files waiting for confirmation, long work under way.
ALTER TABLE areas ADD COLUMN official TEXT NOT NULL DEFAULT '';
ALTER TABLE areas ADD COLUMN class TEXT NOT NULL DEFAULT '';
ALTER TABLE areas ADD COLUMN urban TEXT NOT NULL DEFAULT '';

CREATE TABLE imports (                     -- files checked but not yet applied
  zone      INTEGER NOT NULL REFERENCES zones(zone),
  id        INTEGER NOT NULL,
  kind      TEXT    NOT NULL CHECK (kind IN ('areas','roster')),
  name      TEXT    NOT NULL,
  datum     TEXT    NOT NULL DEFAULT '',  -- of the coordinates in it; '' when it has none
  body      BLOB    NOT NULL,
  at        INTEGER NOT NULL,
  by_person INTEGER NOT NULL,
  done_at   INTEGER NOT NULL DEFAULT 0,   -- when it was applied
  summary   TEXT    NOT NULL DEFAULT '',
  PRIMARY KEY (zone, id)
) STRICT;

CREATE TABLE works (                       -- long work that goes in steps and can be taken up again
  zone      INTEGER NOT NULL REFERENCES zones(zone),
  id        INTEGER NOT NULL,
  kind      TEXT    NOT NULL,
  note      TEXT    NOT NULL,
  total     INTEGER NOT NULL,
  made      INTEGER NOT NULL DEFAULT 0,
  changed   INTEGER NOT NULL DEFAULT 0,
  position  INTEGER NOT NULL DEFAULT 0,   -- id of the last case done
  at        INTEGER NOT NULL,
  by_person INTEGER NOT NULL,
  done_at   INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (zone, id)
) STRICT, WITHOUT ROWID;
