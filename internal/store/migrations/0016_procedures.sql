-- +goose Up
-- Cases of many procedures: sub-cases of a case, and cases whose reporter is a secret.
ALTER TABLE cases ADD COLUMN parent INTEGER NOT NULL DEFAULT 0;  -- the case this one is part of; 0 for none
ALTER TABLE cases ADD COLUMN sealed TEXT    NOT NULL DEFAULT ''; -- ,role,role, that may know who reported it; '' when that is no secret
CREATE INDEX cases_parent    ON cases (zone, parent, id) WHERE parent <> 0;
CREATE INDEX cases_procedure ON cases (zone, procedure, id);

-- What is kept secret of a confidential case, encrypted with a key outside the database.
CREATE TABLE case_secrets (
  zone    INTEGER NOT NULL,
  case_id INTEGER NOT NULL,
  seq     INTEGER NOT NULL CHECK (seq > 0), -- of the event it came with
  field   TEXT    NOT NULL,                 -- a field's id, text or note
  value   BLOB    NOT NULL,
  PRIMARY KEY (zone, case_id, seq, field),
  FOREIGN KEY (zone, case_id, seq) REFERENCES case_events (zone, case_id, seq)
) STRICT, WITHOUT ROWID;

-- Persons who stand for the reporter of one confidential case and for nothing else. Whoever has the code is that person.
CREATE TABLE aliases (
  zone   INTEGER NOT NULL,
  person INTEGER NOT NULL,
  code   BLOB    NOT NULL,             -- keyed hash of the query code
  owner  BLOB,                         -- keyed hash of the resident who is behind it; null when nobody signed in
  PRIMARY KEY (zone, person),
  FOREIGN KEY (zone, person) REFERENCES people (zone, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX aliases_code ON aliases (zone, code);
CREATE INDEX aliases_owner ON aliases (zone, owner) WHERE owner IS NOT NULL;

-- Files of cases are imported too: which kinds there are is for the program to say, not for a constraint.
CREATE TABLE imports_now (                 -- files checked but not yet applied
  zone      INTEGER NOT NULL REFERENCES zones(zone),
  id        INTEGER NOT NULL,
  kind      TEXT    NOT NULL,              -- areas, roster, awards, cases …
  name      TEXT    NOT NULL,
  datum     TEXT    NOT NULL DEFAULT '',   -- of the coordinates in it; of cases their procedure and start; '' for neither
  area      TEXT    NOT NULL DEFAULT '',   -- whose list it is; '' for the whole zone
  body      BLOB    NOT NULL,
  at        INTEGER NOT NULL,
  by_person INTEGER NOT NULL,
  done_at   INTEGER NOT NULL DEFAULT 0,    -- when it was applied
  summary   TEXT    NOT NULL DEFAULT '',
  PRIMARY KEY (zone, id)
) STRICT;
INSERT INTO imports_now SELECT zone, id, kind, name, datum, area, body, at, by_person, done_at, summary FROM imports;
DROP TABLE imports;
ALTER TABLE imports_now RENAME TO imports;
CREATE INDEX imports_kind ON imports (zone, kind, id);

CREATE TABLE case_imports (                -- which cases a file brought
  zone    INTEGER NOT NULL,
  import  INTEGER NOT NULL,
  case_id INTEGER NOT NULL,
  PRIMARY KEY (zone, import, case_id),
  FOREIGN KEY (zone, case_id) REFERENCES cases (zone, id)
) STRICT, WITHOUT ROWID;
