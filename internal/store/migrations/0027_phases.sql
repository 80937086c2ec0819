-- +goose Up
-- How far the cases of procedures with a funnel came: a row for each phase, so that a funnel is one sum. It follows from
-- cases and their histories, as rebuilt says.
CREATE TABLE case_phases (
  zone      INTEGER NOT NULL,
  case_id   INTEGER NOT NULL,
  phase     INTEGER NOT NULL CHECK (phase > 0), -- place among the phases of the case's version of the procedure
  procedure TEXT    NOT NULL,
  version   INTEGER NOT NULL,
  mark      INTEGER NOT NULL CHECK (mark BETWEEN 0 AND 3), -- 0 was there, went back; 1 came farther; 2 stands there; 3 came there, and has ended
  amount    INTEGER NOT NULL, -- 分
  at        INTEGER NOT NULL, -- when it first came there; 0 when the phase was passed over
  PRIMARY KEY (zone, case_id, phase)
) STRICT, WITHOUT ROWID;

CREATE INDEX case_phases_sum ON case_phases (zone, procedure, version, phase, mark, amount, at);

-- What was worked out once for all cases that were there before the table it fills.
CREATE TABLE rebuilt (
  zone INTEGER NOT NULL,
  name TEXT    NOT NULL,
  at   INTEGER NOT NULL,
  PRIMARY KEY (zone, name)
) STRICT, WITHOUT ROWID;
