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

CREATE TABLE case_imports (                -- which cases a file brought
  zone    INTEGER NOT NULL,
  import  INTEGER NOT NULL,
  case_id INTEGER NOT NULL,
  PRIMARY KEY (zone, import, case_id),
  FOREIGN KEY (zone, case_id) REFERENCES cases (zone, id)
) STRICT, WITHOUT ROWID;
