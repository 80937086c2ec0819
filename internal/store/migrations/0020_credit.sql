-- +goose Up
-- Bad records of those who made a false commitment (告知承诺); one that has been repaired stays and no longer counts.
CREATE TABLE bad_records (
  zone     INTEGER NOT NULL,
  subject  TEXT    NOT NULL,                -- field=value, several joined by +
  case_id  INTEGER NOT NULL,                -- in which it was found
  at       INTEGER NOT NULL,                -- ms
  repaired INTEGER NOT NULL DEFAULT 0,      -- ms; 0 while it counts
  PRIMARY KEY (zone, subject, case_id),
  FOREIGN KEY (zone, case_id) REFERENCES cases (zone, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX bad_records_case ON bad_records (zone, case_id);
