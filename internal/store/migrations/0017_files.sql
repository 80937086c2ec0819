-- +goose Up
-- Documents that people hand in with a move of a case. A file is uploaded first and belongs to nobody's case until a move
-- names it; from then on it is a record (see internal/store/records.go) and nothing of it changes.

CREATE TABLE files (
  zone      INTEGER NOT NULL,
  id        INTEGER NOT NULL,
  case_id   INTEGER NOT NULL DEFAULT 0,     -- 0 until a move names it
  by_person INTEGER NOT NULL,
  at        INTEGER NOT NULL,
  name      TEXT    NOT NULL CHECK (length(name) BETWEEN 1 AND 120),
  kind      TEXT    NOT NULL,               -- media type, by its content
  size      INTEGER NOT NULL CHECK (size BETWEEN 1 AND 20971520), -- bytes
  sha256    TEXT    NOT NULL CHECK (length(sha256) = 64),         -- of the content, in hexadecimal
  entry     INTEGER NOT NULL DEFAULT 0,
  entries   INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (zone, id)
) STRICT;
CREATE INDEX files_case ON files (zone, case_id) WHERE case_id <> 0;
CREATE INDEX files_loose ON files (zone, at) WHERE case_id = 0;
CREATE INDEX files_loose_person ON files (zone, by_person) WHERE case_id = 0;

-- Apart from the rows that lists read, so that tying a file to a case does not write its content again.
CREATE TABLE file_bodies (
  zone INTEGER NOT NULL,
  id   INTEGER NOT NULL,
  body BLOB    NOT NULL,
  PRIMARY KEY (zone, id)
) STRICT;

-- +goose Down
DROP TABLE file_bodies;
DROP TABLE files;
