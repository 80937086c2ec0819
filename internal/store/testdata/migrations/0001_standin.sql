-- +goose Up
-- A stand-in for the real schema: as wide as a case move, and no wider.
CREATE TABLE commands (
  zone   INTEGER NOT NULL,
  key    TEXT    NOT NULL,
  digest BLOB    NOT NULL,
  result TEXT    NOT NULL,
  at     INTEGER NOT NULL,
  PRIMARY KEY (zone, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE cases (
  zone     INTEGER NOT NULL,
  id       INTEGER NOT NULL,
  stage    TEXT    NOT NULL CHECK (stage <> 'forbidden'),
  holder   TEXT    NOT NULL,
  title    TEXT    NOT NULL,
  area     TEXT    NOT NULL,
  due_at   INTEGER NOT NULL DEFAULT 0,
  revision INTEGER NOT NULL,
  state    TEXT    NOT NULL,             -- JSON, about as long as a real one
  PRIMARY KEY (zone, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX cases_area ON cases (zone, area, id);
CREATE INDEX cases_open ON cases (zone, due_at, id);

CREATE TABLE case_events (
  zone   INTEGER NOT NULL,
  case_id INTEGER NOT NULL,
  seq    INTEGER NOT NULL,
  at     INTEGER NOT NULL,
  actor  INTEGER NOT NULL,
  move   TEXT    NOT NULL,
  body   TEXT    NOT NULL,
  PRIMARY KEY (zone, case_id, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE case_tasks (
  zone    INTEGER NOT NULL,
  holder  TEXT    NOT NULL,
  due_at  INTEGER NOT NULL,
  case_id INTEGER NOT NULL,
  kind    TEXT    NOT NULL,
  PRIMARY KEY (zone, holder, due_at, case_id, kind)
) STRICT, WITHOUT ROWID;
CREATE INDEX case_tasks_case ON case_tasks (zone, case_id);

CREATE TABLE balances (
  zone    INTEGER NOT NULL,
  account TEXT    NOT NULL,
  amount  INTEGER NOT NULL,
  PRIMARY KEY (zone, account)
) STRICT, WITHOUT ROWID;

CREATE TABLE oddments (
  id    INTEGER NOT NULL PRIMARY KEY,
  ratio REAL,
  bytes BLOB,
  words TEXT,
  flag  INTEGER
) STRICT;

-- +sqlite
CREATE VIRTUAL TABLE case_text USING fts5 (body, content='', contentless_delete=1, tokenize='unicode61');
-- +postgres
CREATE TABLE case_text (
  zone INTEGER NOT NULL,
  id   INTEGER NOT NULL,
  body TSVECTOR NOT NULL,
  PRIMARY KEY (zone, id)
);
CREATE INDEX case_text_body ON case_text USING GIN (body);
-- +end
