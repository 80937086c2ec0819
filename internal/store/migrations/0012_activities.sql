-- +goose Up
-- Volunteer activities and patrols, riders' stations, what a household sees together, the board of those who want one.
-- Nothing here counts time online, follows a position or compares people who work (国办函〔2026〕12 号).

CREATE TABLE activities (
  zone        INTEGER NOT NULL REFERENCES zones(zone),
  id          INTEGER NOT NULL,
  kind        TEXT    NOT NULL,
  title       TEXT    NOT NULL,
  body        TEXT    NOT NULL,
  bring       TEXT    NOT NULL DEFAULT '',
  age         TEXT    NOT NULL DEFAULT '', -- a remark on age
  area        TEXT    NOT NULL,           -- the community it lies in, or deeper
  place       TEXT    NOT NULL,
  lng         INTEGER NOT NULL DEFAULT 0,
  lat         INTEGER NOT NULL DEFAULT 0, -- 0,0 means no point
  from_at     INTEGER NOT NULL,
  to_at       INTEGER NOT NULL,
  capacity    INTEGER NOT NULL CHECK (capacity >= 0), -- places; 0 for any number
  unit        TEXT    NOT NULL DEFAULT '', -- that organises it; '' for the community
  contact     TEXT    NOT NULL,
  rule        TEXT    NOT NULL DEFAULT '', -- points rule; '' earns nothing
  hours       INTEGER NOT NULL CHECK (hours IN (0,1)),
  by_person   INTEGER NOT NULL,
  at          INTEGER NOT NULL,
  state       TEXT    NOT NULL CHECK (state IN ('draft','open','running','done','closed','cancelled')), -- as last written: it begins and ends by the clock
  reason      TEXT    NOT NULL DEFAULT '', -- why it was cancelled
  seats       INTEGER NOT NULL CHECK (seats >= 0),   -- people who are in
  waiting     INTEGER NOT NULL CHECK (waiting >= 0), -- people on the waiting list
  turns       INTEGER NOT NULL,           -- turns given out so far
  recorded_at INTEGER NOT NULL DEFAULT 0, -- when outcomes were last entered
  events      INTEGER NOT NULL,
  revision    INTEGER NOT NULL,
  PRIMARY KEY (zone, id),
  CHECK (to_at > from_at),
  CHECK (capacity = 0 OR seats <= capacity)
) STRICT, WITHOUT ROWID;
CREATE INDEX activities_from ON activities (zone, from_at, id);

CREATE TABLE activity_people (             -- sign-ups; every check is voluntary and the person's own proof
  zone       INTEGER NOT NULL,
  activity   INTEGER NOT NULL,
  person     INTEGER NOT NULL,
  state      TEXT    NOT NULL CHECK (state IN ('in','waiting','withdrawn')),
  turn       INTEGER NOT NULL,            -- order of signing up
  at         INTEGER NOT NULL,
  checked_at INTEGER NOT NULL DEFAULT 0,
  checked_by INTEGER NOT NULL DEFAULT 0,  -- the person itself, or the organiser
  recorded_at INTEGER NOT NULL DEFAULT 0,
  came       INTEGER NOT NULL DEFAULT 0 CHECK (came IN (0,1)),
  minutes    INTEGER NOT NULL DEFAULT 0 CHECK (minutes >= 0 AND minutes % 15 = 0),
  confirmed_at INTEGER NOT NULL DEFAULT 0,
  objection  TEXT    NOT NULL DEFAULT '',
  objected_at INTEGER NOT NULL DEFAULT 0,
  answer     TEXT    NOT NULL DEFAULT '',
  answered_at INTEGER NOT NULL DEFAULT 0,
  stars      INTEGER NOT NULL DEFAULT 0 CHECK (stars BETWEEN 0 AND 5), -- of the activity, by the person; people get no marks
  words      TEXT    NOT NULL DEFAULT '',
  rated_at   INTEGER NOT NULL DEFAULT 0,
  thanks     TEXT    NOT NULL DEFAULT '', -- the organiser's words to the person
  PRIMARY KEY (zone, activity, person),
  FOREIGN KEY (zone, activity) REFERENCES activities (zone, id),
  FOREIGN KEY (zone, person) REFERENCES people (zone, id),
  CHECK ((checked_at = 0) = (checked_by = 0)),
  CHECK (minutes = 0 OR came = 1)
) STRICT, WITHOUT ROWID;
CREATE INDEX activity_people_person ON activity_people (zone, person, activity);

CREATE TABLE activity_events (             -- only ever added
  zone     INTEGER NOT NULL,
  activity INTEGER NOT NULL,
  seq      INTEGER NOT NULL CHECK (seq > 0),
  at       INTEGER NOT NULL,
  actor    INTEGER NOT NULL,              -- 0 for the system
  what     TEXT    NOT NULL,
  person   INTEGER NOT NULL DEFAULT 0,    -- whom it is about
  note     TEXT    NOT NULL DEFAULT '',
  PRIMARY KEY (zone, activity, seq),
  FOREIGN KEY (zone, activity) REFERENCES activities (zone, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE volunteers (                  -- who has registered to help
  zone      INTEGER NOT NULL,
  person    INTEGER NOT NULL,
  area      TEXT    NOT NULL,             -- the community they want to help in
  skills    TEXT    NOT NULL DEFAULT '',  -- in their own words
  from_at   INTEGER NOT NULL,
  to_at     INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (zone, person),
  FOREIGN KEY (zone, person) REFERENCES people (zone, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX volunteers_area ON volunteers (zone, area) WHERE to_at = 0;

CREATE TABLE stations (                    -- of delivery platforms, whose riders report and help
  zone      INTEGER NOT NULL REFERENCES zones(zone),
  id        INTEGER NOT NULL,
  platform  TEXT    NOT NULL,
  name      TEXT    NOT NULL,
  area      TEXT    NOT NULL,
  code      TEXT    NOT NULL,             -- shown at the station; who has it can join
  at        INTEGER NOT NULL,
  by_person INTEGER NOT NULL,
  closed_at INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (zone, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX stations_code ON stations (zone, code);

CREATE TABLE station_people (              -- no tracks, no shifts: who belongs to a station, by their own consent
  zone      INTEGER NOT NULL,
  person    INTEGER NOT NULL,
  station   INTEGER NOT NULL,
  from_at   INTEGER NOT NULL,             -- when the person agreed
  to_at     INTEGER NOT NULL DEFAULT 0 CHECK (to_at = 0 OR to_at >= from_at),
  PRIMARY KEY (zone, person, from_at),
  FOREIGN KEY (zone, station) REFERENCES stations (zone, id),
  FOREIGN KEY (zone, person) REFERENCES people (zone, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX station_people_now ON station_people (zone, person) WHERE to_at = 0;
CREATE INDEX station_people_station ON station_people (zone, station, from_at);

CREATE TABLE board_people (                -- residents who want to be on their community's board
  zone      INTEGER NOT NULL,
  person    INTEGER NOT NULL,
  area      TEXT    NOT NULL,             -- the community
  from_at   INTEGER NOT NULL,
  to_at     INTEGER NOT NULL DEFAULT 0 CHECK (to_at = 0 OR to_at >= from_at),
  PRIMARY KEY (zone, person, from_at),
  FOREIGN KEY (zone, person) REFERENCES people (zone, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX board_people_now ON board_people (zone, person) WHERE to_at = 0;
CREATE INDEX board_people_area ON board_people (zone, area, person) WHERE to_at = 0;

-- The households themselves belong to the migration before this one; where it has run, these two stand already.
CREATE TABLE IF NOT EXISTS households (
  zone      INTEGER NOT NULL,
  id        INTEGER NOT NULL,
  area      TEXT    NOT NULL,             -- the community it lives in, or deeper
  head      INTEGER NOT NULL,             -- whose account its points go to
  at        INTEGER NOT NULL,
  by_person INTEGER NOT NULL,
  PRIMARY KEY (zone, id),
  FOREIGN KEY (zone, head) REFERENCES people (zone, id)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS household_members (
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

CREATE TABLE household_shares (            -- members who let the others see their balance
  zone      INTEGER NOT NULL,
  household INTEGER NOT NULL,
  person    INTEGER NOT NULL,
  from_at   INTEGER NOT NULL,
  to_at     INTEGER NOT NULL DEFAULT 0 CHECK (to_at = 0 OR to_at >= from_at),
  PRIMARY KEY (zone, household, person, from_at),
  FOREIGN KEY (zone, household) REFERENCES households (zone, id),
  FOREIGN KEY (zone, person) REFERENCES people (zone, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX household_shares_now ON household_shares (zone, household, person) WHERE to_at = 0;
