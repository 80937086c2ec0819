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
