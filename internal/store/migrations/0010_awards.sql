-- +goose Up
-- How points are earned: awards on their way to being posted, households, budgets.

-- Whoever has died or left the district earns no more; the community says so, with a reason.
ALTER TABLE people ADD COLUMN left_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE people ADD COLUMN left_why TEXT NOT NULL DEFAULT '';

CREATE TABLE person_marks (                -- what somebody is entered as: rules may be for volunteers or riders only
  zone      INTEGER NOT NULL,
  person    INTEGER NOT NULL,
  kind      TEXT    NOT NULL CHECK (kind IN ('party_member','volunteer','rider')),
  from_at   INTEGER NOT NULL,
  to_at     INTEGER NOT NULL DEFAULT 0 CHECK (to_at = 0 OR to_at >= from_at),
  by_person INTEGER NOT NULL,
  PRIMARY KEY (zone, person, kind, from_at),
  FOREIGN KEY (zone, person) REFERENCES people (zone, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE households (
  zone      INTEGER NOT NULL,
  id        INTEGER NOT NULL,
  area      TEXT    NOT NULL,             -- the community it lives in, or deeper
  head      INTEGER NOT NULL,             -- whose account its points go to
  at        INTEGER NOT NULL,
  by_person INTEGER NOT NULL,
  PRIMARY KEY (zone, id),
  FOREIGN KEY (zone, head) REFERENCES people (zone, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX households_area ON households (zone, area, id);

CREATE TABLE household_members (           -- the head among them
  zone      INTEGER NOT NULL,
  household INTEGER NOT NULL,
  person    INTEGER NOT NULL,
  from_at   INTEGER NOT NULL,
  to_at     INTEGER NOT NULL DEFAULT 0 CHECK (to_at = 0 OR to_at >= from_at),
  by_person INTEGER NOT NULL,
  PRIMARY KEY (zone, household, person, from_at),
  FOREIGN KEY (zone, household) REFERENCES households (zone, id),
  FOREIGN KEY (zone, person) REFERENCES people (zone, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX household_members_person ON household_members (zone, person) WHERE to_at = 0; -- one household at a time

CREATE TABLE awards (
  zone        INTEGER NOT NULL,
  id          INTEGER NOT NULL,
  rule        TEXT    NOT NULL,
  version     INTEGER NOT NULL,           -- of the rules it is decided by
  source      TEXT    NOT NULL CHECK (source IN ('case','activity','application','list','gift')),
  person      INTEGER NOT NULL DEFAULT 0, -- who contributed; 0 for a unit
  household   INTEGER NOT NULL DEFAULT 0,
  unit        TEXT    NOT NULL DEFAULT '',
  subject     TEXT    NOT NULL,           -- whom caps count for: person:1, household:2, unit:cg
  area        TEXT    NOT NULL,           -- where it is reviewed and paid: a community or deeper
  day         INTEGER NOT NULL,           -- of the contribution, in days since 1970
  quantity    INTEGER NOT NULL CHECK (quantity > 0),
  points      INTEGER NOT NULL CHECK (points > 0),
  body        TEXT    NOT NULL DEFAULT '',
  lng         INTEGER NOT NULL DEFAULT 0,
  lat         INTEGER NOT NULL DEFAULT 0, -- 0,0 means no point
  address     TEXT    NOT NULL DEFAULT '',
  evidence    TEXT    NOT NULL DEFAULT '', -- counts once for an earner and an item: case:812, activity:7, day:20515
  ref         TEXT    NOT NULL DEFAULT '',
  once        TEXT    NOT NULL DEFAULT '', -- makes what comes by itself come once
  import      INTEGER NOT NULL DEFAULT 0, -- the list it came with
  by_person   INTEGER NOT NULL,           -- who submitted it; 0 for the system
  at          INTEGER NOT NULL,
  state       TEXT    NOT NULL CHECK (state IN ('submitted','returned','second','publicity','objected','waiting','posted','refused','withdrawn','reversed')),
  approved    TEXT    NOT NULL DEFAULT '', -- JSON list of who approved it; '' when nobody has
  public_at   INTEGER NOT NULL DEFAULT 0,
  until       INTEGER NOT NULL DEFAULT 0, -- when publicity ends
  reason      TEXT    NOT NULL DEFAULT '', -- why it was returned, refused, reversed, or waits
  posted_at   INTEGER NOT NULL DEFAULT 0,
  pool        TEXT    NOT NULL DEFAULT '', -- area of the pool that paid
  events      INTEGER NOT NULL,
  revision    INTEGER NOT NULL,
  PRIMARY KEY (zone, id),
  CHECK ((posted_at <> 0) = (state IN ('posted','reversed'))),
  CHECK ((pool <> '') = (posted_at <> 0))
) STRICT, WITHOUT ROWID;
CREATE INDEX awards_state ON awards (zone, state, area, id);
CREATE INDEX awards_person ON awards (zone, person, id) WHERE person <> 0;
CREATE INDEX awards_subject ON awards (zone, subject, day);
CREATE INDEX awards_until ON awards (zone, until) WHERE state = 'publicity';
CREATE INDEX awards_import ON awards (zone, import, id) WHERE import <> 0;
CREATE UNIQUE INDEX awards_once ON awards (zone, once) WHERE once <> '';
CREATE UNIQUE INDEX awards_evidence ON awards (zone, subject, rule, evidence) WHERE evidence <> '' AND state NOT IN ('withdrawn','reversed');

CREATE TABLE award_events (                -- history: rows are only ever added
  zone       INTEGER NOT NULL,
  award      INTEGER NOT NULL,
  seq        INTEGER NOT NULL CHECK (seq > 0),
  at         INTEGER NOT NULL,
  actor      INTEGER NOT NULL,
  act        TEXT    NOT NULL,
  from_state TEXT    NOT NULL,
  to_state   TEXT    NOT NULL,
  note       TEXT    NOT NULL DEFAULT '',
  PRIMARY KEY (zone, award, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE award_subjects (              -- grows with every award of an earner, so that no two are counted past each other
  zone     INTEGER NOT NULL,
  subject  TEXT    NOT NULL,
  revision INTEGER NOT NULL,
  PRIMARY KEY (zone, subject)
) STRICT, WITHOUT ROWID;

CREATE TABLE award_photos (
  zone    INTEGER NOT NULL,
  award   INTEGER NOT NULL,
  photo   INTEGER NOT NULL,
  n       INTEGER NOT NULL,               -- order on the page
  rule    TEXT    NOT NULL,
  subject TEXT    NOT NULL,
  sha256  BLOB    NOT NULL,
  dhash   INTEGER NOT NULL,
  PRIMARY KEY (zone, award, photo)
) STRICT, WITHOUT ROWID;
CREATE INDEX award_photos_rule ON award_photos (zone, rule, subject, award);
CREATE INDEX award_photos_sha ON award_photos (zone, sha256);
CREATE INDEX award_photos_photo ON award_photos (zone, photo);

CREATE TABLE objections (
  zone        INTEGER NOT NULL,
  id          INTEGER NOT NULL,
  award       INTEGER NOT NULL,
  by_person   INTEGER NOT NULL,
  at          INTEGER NOT NULL,
  reason      TEXT    NOT NULL,
  state       TEXT    NOT NULL CHECK (state IN ('open','proposed','upheld','dismissed')),
  proposal    TEXT    NOT NULL DEFAULT '' CHECK (proposal IN ('','uphold','dismiss')),
  proposed_by INTEGER NOT NULL DEFAULT 0,
  note        TEXT    NOT NULL DEFAULT '', -- the decision in words
  decided_by  INTEGER NOT NULL DEFAULT 0, -- the second pair of eyes
  decided_at  INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (zone, id),
  FOREIGN KEY (zone, award) REFERENCES awards (zone, id),
  CHECK (decided_by = 0 OR decided_by <> proposed_by)
) STRICT, WITHOUT ROWID;
CREATE INDEX objections_award ON objections (zone, award, id);

CREATE TABLE allotments (                  -- budget given to pools, with the document that says so
  zone      INTEGER NOT NULL,
  id        INTEGER NOT NULL,
  area      TEXT    NOT NULL,             -- whose pool
  points    INTEGER NOT NULL CHECK (points > 0),
  document  TEXT    NOT NULL,             -- 文号
  note      TEXT    NOT NULL DEFAULT '',
  transfer  TEXT    NOT NULL,
  by_person INTEGER NOT NULL,
  at        INTEGER NOT NULL,
  PRIMARY KEY (zone, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX allotments_area ON allotments (zone, area, id);

-- Lists of awards are files like the others. SQLite cannot change a CHECK, so the table is made anew.
ALTER TABLE imports RENAME TO old_imports;
CREATE TABLE imports (                     -- files checked but not yet applied
  zone      INTEGER NOT NULL REFERENCES zones(zone),
  id        INTEGER NOT NULL,
  kind      TEXT    NOT NULL CHECK (kind IN ('areas','roster','awards')),
  name      TEXT    NOT NULL,
  datum     TEXT    NOT NULL DEFAULT '',  -- of the coordinates in it; '' when it has none
  area      TEXT    NOT NULL DEFAULT '',  -- whose list it is; '' for the whole zone
  body      BLOB    NOT NULL,
  at        INTEGER NOT NULL,
  by_person INTEGER NOT NULL,
  done_at   INTEGER NOT NULL DEFAULT 0,   -- when it was applied
  summary   TEXT    NOT NULL DEFAULT '',
  PRIMARY KEY (zone, id)
) STRICT;
INSERT INTO imports (zone, id, kind, name, datum, body, at, by_person, done_at, summary)
  SELECT zone, id, kind, name, datum, body, at, by_person, done_at, summary FROM old_imports;
DROP TABLE old_imports;
CREATE INDEX imports_kind ON imports (zone, kind, id);
