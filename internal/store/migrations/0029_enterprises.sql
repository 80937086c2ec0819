-- +goose Up
-- Enterprises and what is known of them. What a source says is a statement, only ever added; which of several counts is
-- worked out from their dates.
CREATE TABLE enterprises (
  zone        INTEGER NOT NULL REFERENCES zones(zone),
  code        TEXT    NOT NULL CHECK (length(code) = 18), -- 统一社会信用代码, GB 32100-2015
  name        TEXT    NOT NULL,
  place       INTEGER NOT NULL CHECK (place >= 0),        -- 0, 1, 2 … within the zone: its row in profile_pages
  accepted    TEXT    NOT NULL DEFAULT '',                -- why a code whose check character is wrong was accepted; '' when it is right
  accepted_by INTEGER NOT NULL DEFAULT 0,
  statements  INTEGER NOT NULL CHECK (statements > 0),
  changed     INTEGER NOT NULL,                           -- revision of the zone's profiles that changed it last
  at          INTEGER NOT NULL,
  example     INTEGER NOT NULL DEFAULT 0 CHECK (example IN (0,1)), -- made up for a demonstration
  entry       INTEGER NOT NULL DEFAULT 0,
  entries     INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (zone, code)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX enterprises_place ON enterprises (zone, place);

CREATE INDEX enterprises_changed ON enterprises (zone, changed);

CREATE TABLE enterprise_statements (       -- rows are only ever added
  zone      INTEGER NOT NULL,
  code      TEXT    NOT NULL,
  n         INTEGER NOT NULL CHECK (n > 0), -- 1, 2, 3 … within the enterprise
  source    TEXT    NOT NULL,               -- who says so, in words
  as_of     INTEGER NOT NULL,               -- day the values are of, counted from 1970-01-01
  body      TEXT    NOT NULL,               -- JSON: value by field; '' where the source withdraws one
  withdraws INTEGER NOT NULL DEFAULT 0 CHECK (withdraws BETWEEN 0 AND n - 1), -- the statement that it takes back; 0 for none
  import    INTEGER NOT NULL DEFAULT 0,     -- the file it came in; 0 for none
  at        INTEGER NOT NULL,
  by_person INTEGER NOT NULL,
  PRIMARY KEY (zone, code, n),
  FOREIGN KEY (zone, code) REFERENCES enterprises (zone, code)
) STRICT, WITHOUT ROWID;

CREATE INDEX enterprise_statements_import ON enterprise_statements (zone, import) WHERE import <> 0;

CREATE TABLE profile_pages (               -- what counts of the statements, 256 enterprises a row: made from them, for reading all
  zone  INTEGER NOT NULL,
  page  INTEGER NOT NULL,                  -- place / 256
  body  BLOB    NOT NULL,
  PRIMARY KEY (zone, page)
) STRICT;

CREATE TABLE profile_counts (              -- one row a zone
  zone        INTEGER NOT NULL PRIMARY KEY REFERENCES zones(zone),
  enterprises INTEGER NOT NULL,            -- how many there are: the next place
  revision    INTEGER NOT NULL             -- grows with every command that changes profiles
) STRICT;

CREATE TABLE enterprise_people (           -- who acts for an enterprise here
  zone       INTEGER NOT NULL,
  code       TEXT    NOT NULL,
  person     INTEGER NOT NULL,
  role       TEXT    NOT NULL CHECK (role IN ('legal','agent')), -- 法定代表人, 经办人
  note       TEXT    NOT NULL DEFAULT '',
  state      TEXT    NOT NULL CHECK (state IN ('asked','confirmed','refused','ended')),
  asked_at   INTEGER NOT NULL,
  decided_at INTEGER NOT NULL DEFAULT 0,
  decided_by INTEGER NOT NULL DEFAULT 0,
  reason     TEXT    NOT NULL DEFAULT '',   -- of a refusal or an end
  id         INTEGER NOT NULL,
  entry      INTEGER NOT NULL DEFAULT 0,
  entries    INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (zone, id),
  FOREIGN KEY (zone, code) REFERENCES enterprises (zone, code),
  FOREIGN KEY (zone, person) REFERENCES people (zone, id)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX enterprise_people_now ON enterprise_people (zone, person, code) WHERE state IN ('asked','confirmed');

CREATE INDEX enterprise_people_code ON enterprise_people (zone, code, id);

CREATE INDEX enterprise_people_asked ON enterprise_people (zone, id) WHERE state = 'asked';
