-- +goose Up
-- Who stands in for whom: somebody who is away lets a named colleague act under a duty for a time.
CREATE TABLE delegations (
  zone      INTEGER NOT NULL,
  id        INTEGER NOT NULL,
  person    INTEGER NOT NULL,               -- who is away and holds the duty
  delegate  INTEGER NOT NULL CHECK (delegate <> person), -- who acts under it meanwhile
  role      TEXT    NOT NULL,
  unit      TEXT    NOT NULL DEFAULT '',
  area      TEXT    NOT NULL DEFAULT '',
  from_at   INTEGER NOT NULL,
  to_at     INTEGER NOT NULL CHECK (to_at > from_at), -- the instant at which it is over by itself
  reason    TEXT    NOT NULL,
  by_person INTEGER NOT NULL,               -- who entered it: the person, or an administrator
  at        INTEGER NOT NULL,
  ended_at  INTEGER NOT NULL DEFAULT 0,     -- when somebody ended it early; 0 when nobody did
  ended_by  INTEGER NOT NULL DEFAULT 0,
  entry     INTEGER NOT NULL DEFAULT 0,     -- names the leaf of its last change in the log
  entries   INTEGER NOT NULL DEFAULT 0,     -- how many changes have a leaf
  PRIMARY KEY (zone, id),
  FOREIGN KEY (zone, person) REFERENCES people (zone, id),
  FOREIGN KEY (zone, delegate) REFERENCES people (zone, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX delegations_person ON delegations (zone, person, id);
CREATE INDEX delegations_delegate ON delegations (zone, delegate, to_at);

ALTER TABLE case_events ADD COLUMN acted_for INTEGER NOT NULL DEFAULT 0; -- the absent person whose duty the actor used; 0 for the actor's own
