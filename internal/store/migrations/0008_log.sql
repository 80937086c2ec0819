-- +goose Up
-- The log nobody can rewrite without being found out (internal/proof): a leaf for every line of history, every
-- picture and every transfer; the tree over them; what was signed.
ALTER TABLE case_events ADD COLUMN entry INTEGER NOT NULL DEFAULT 0;   -- names its leaf; 0 when it has none, see log_state.since
-- Digest of the case's row after it; empty when a later event of the same change has it.
-- +sqlite
ALTER TABLE case_events ADD COLUMN content BLOB NOT NULL DEFAULT x'';
-- +postgres
ALTER TABLE case_events ADD COLUMN content BLOB NOT NULL DEFAULT '';
-- +end
ALTER TABLE cases ADD COLUMN entry INTEGER NOT NULL DEFAULT 0;         -- names the leaf of a change that has no event
ALTER TABLE photos ADD COLUMN entry INTEGER NOT NULL DEFAULT 0;

CREATE TABLE log_state (
  zone       INTEGER NOT NULL PRIMARY KEY,
  size       INTEGER NOT NULL CHECK (size >= 0),                         -- how many leaves there are
  integrated INTEGER NOT NULL CHECK (integrated BETWEEN 0 AND size),     -- how many are in the tree and signed for
  since      INTEGER NOT NULL                                            -- every row made from then on has a leaf
) STRICT;

CREATE TABLE log_leaves (                  -- only ever added, in the order of commits
  zone  INTEGER NOT NULL,
  n     INTEGER NOT NULL CHECK (n >= 0),   -- 0, 1, 2 … without gaps
  kind  TEXT    NOT NULL,                  -- case, state, photo, transfer
  entry INTEGER NOT NULL,                  -- the row it stands for
  hash  BLOB    NOT NULL CHECK (length(hash) = 32), -- of the row's text
  PRIMARY KEY (zone, n)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX log_leaves_entry ON log_leaves (zone, entry, kind);

CREATE TABLE log_hashes (                  -- the tree's hashes in the order they are made, 256 to a row
  zone   INTEGER NOT NULL,
  piece  INTEGER NOT NULL,
  hashes BLOB    NOT NULL,
  PRIMARY KEY (zone, piece)
) STRICT;

CREATE TABLE log_checkpoints (
  zone INTEGER NOT NULL,
  size INTEGER NOT NULL,                   -- how many leaves were signed for
  at   INTEGER NOT NULL,
  note TEXT    NOT NULL,                   -- the signed text
  PRIMARY KEY (zone, size)
) STRICT, WITHOUT ROWID;

INSERT INTO log_state (zone, size, integrated, since)
-- +sqlite
  SELECT zone, 0, 0, CAST(1000 * unixepoch('subsec') AS INTEGER) FROM zones;
-- +postgres
  SELECT zone, 0, 0, CAST(1000 * extract(epoch FROM clock_timestamp()) AS INTEGER) FROM zones;
-- +end
