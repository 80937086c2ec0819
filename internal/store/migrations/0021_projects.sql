-- +goose Up
-- What moves of a case told about its months: derived from its history, whose line it names. A month reported again
-- has another row; the one with the greatest seq counts.
CREATE TABLE case_months (
  zone    INTEGER NOT NULL,
  case_id INTEGER NOT NULL,
  month   INTEGER NOT NULL CHECK (month BETWEEN 200000 AND 209912), -- 202611; 202600 for the plan of the whole year
  seq     INTEGER NOT NULL,                       -- of the line of history that told it
  plan    INTEGER NOT NULL CHECK (plan >= -1),    -- 分; -1 when none was given
  actual  INTEGER NOT NULL CHECK (actual >= -1),  -- 分; -1 when none was given
  started INTEGER NOT NULL CHECK (started IN (0,1)),
  entered INTEGER NOT NULL CHECK (entered IN (0,1)), -- in the statistics of investment
  short   INTEGER NOT NULL CHECK (short IN (0,1)),   -- less was paid than required
  PRIMARY KEY (zone, case_id, month, seq),
  FOREIGN KEY (zone, case_id, seq) REFERENCES case_events (zone, case_id, seq)
) STRICT, WITHOUT ROWID;

-- What no two cases of a procedure may have alike, such as investor and name of the project.
CREATE TABLE case_keys (
  zone      INTEGER NOT NULL,
  procedure TEXT    NOT NULL,
  key       TEXT    NOT NULL,
  case_id   INTEGER NOT NULL,
  PRIMARY KEY (zone, procedure, key),
  FOREIGN KEY (zone, case_id) REFERENCES cases (zone, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX case_keys_case ON case_keys (zone, case_id);

-- Lists of cases and of monthly figures are files like the others: which kinds there are is for the program to say.
-- SQLite cannot drop a CHECK, so the table is made anew.
ALTER TABLE imports RENAME TO old_imports;
CREATE TABLE imports (                     -- files checked but not yet applied
  zone      INTEGER NOT NULL REFERENCES zones(zone),
  id        INTEGER NOT NULL,
  kind      TEXT    NOT NULL,             -- areas, roster, awards, cases, months
  name      TEXT    NOT NULL,
  datum     TEXT    NOT NULL DEFAULT '',  -- of the coordinates in it; of cases how they begin; '' for neither
  area      TEXT    NOT NULL DEFAULT '',  -- whose list it is; '' for the whole zone
  about     TEXT    NOT NULL DEFAULT '',  -- the procedure whose cases it is about; '' for none
  body      BLOB    NOT NULL,
  at        INTEGER NOT NULL,
  by_person INTEGER NOT NULL,
  done_at   INTEGER NOT NULL DEFAULT 0,   -- when it was applied
  summary   TEXT    NOT NULL DEFAULT '',
  PRIMARY KEY (zone, id)
) STRICT;
INSERT INTO imports (zone, id, kind, name, datum, area, body, at, by_person, done_at, summary)
  SELECT zone, id, kind, name, datum, area, body, at, by_person, done_at, summary FROM old_imports;
DROP TABLE old_imports;
CREATE INDEX imports_kind ON imports (zone, kind, id);
