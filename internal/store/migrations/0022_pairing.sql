-- +goose Up
-- Cases tied to each other. Both histories know; the tie itself is a record of the log.
CREATE TABLE case_links (
  zone      INTEGER NOT NULL,
  id        INTEGER NOT NULL,
  a         INTEGER NOT NULL,             -- the case that says the kind of the other
  b         INTEGER NOT NULL CHECK (b <> a),
  kind      TEXT    NOT NULL,             -- related, follows, repeats, uses
  amount    INTEGER NOT NULL DEFAULT 0 CHECK (amount >= 0), -- of what b has to give that a takes; 0 for kinds that take nothing
  by_person INTEGER NOT NULL,             -- 0 the system
  at        INTEGER NOT NULL,
  ended_at  INTEGER NOT NULL DEFAULT 0 CHECK (ended_at = 0 OR ended_at >= at),
  entry     INTEGER NOT NULL DEFAULT 0,   -- names the leaf of its last change
  entries   INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (zone, id),
  FOREIGN KEY (zone, a) REFERENCES cases (zone, id),
  FOREIGN KEY (zone, b) REFERENCES cases (zone, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX case_links_once ON case_links (zone, a, b, kind) WHERE ended_at = 0;
CREATE INDEX case_links_b ON case_links (zone, b, kind, id);

-- Draws by lot that anybody can check.
CREATE TABLE draws (
  zone         INTEGER NOT NULL,
  id           INTEGER NOT NULL,
  procedure    TEXT    NOT NULL,
  category     TEXT    NOT NULL,           -- '' when the procedure has no kinds
  title        TEXT    NOT NULL,
  quotas       TEXT    NOT NULL,           -- group=places,group=places
  source       TEXT    NOT NULL,           -- where the seed will come from, in words
  after_at     INTEGER NOT NULL,           -- before then no seed is taken: it must not be known yet
  list         TEXT    NOT NULL,           -- frozen: one line “number group” for each entrant
  commitment   TEXT    NOT NULL,           -- hex
  secret       BLOB    NOT NULL,           -- sealed
  nonce        TEXT    NOT NULL DEFAULT '', -- hex, once drawn
  seed         TEXT    NOT NULL DEFAULT '', -- '' until drawn
  seed_note    TEXT    NOT NULL DEFAULT '', -- where exactly it was read
  committed_at INTEGER NOT NULL,
  committed_by INTEGER NOT NULL,
  drawn_at     INTEGER NOT NULL DEFAULT 0,
  drawn_by     INTEGER NOT NULL DEFAULT 0,
  entry        INTEGER NOT NULL DEFAULT 0,
  entries      INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (zone, id),
  CHECK ((drawn_at = 0) = (seed = '') AND (drawn_at = 0) = (nonce = ''))
) STRICT, WITHOUT ROWID;

-- Party members in work who have registered with a community (双报到). What they told is sealed.
CREATE TABLE registrations (
  zone     INTEGER NOT NULL,
  person   INTEGER NOT NULL,
  area     TEXT    NOT NULL,              -- code of the community
  detail   BLOB    NOT NULL,              -- sealed: unit, branch, skills, posts claimed
  from_at  INTEGER NOT NULL,
  to_at    INTEGER NOT NULL DEFAULT 0 CHECK (to_at = 0 OR to_at >= from_at),
  revision INTEGER NOT NULL,
  PRIMARY KEY (zone, person),
  FOREIGN KEY (zone, person) REFERENCES people (zone, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX registrations_area ON registrations (zone, area, person);
