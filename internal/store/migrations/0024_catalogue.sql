-- +goose Up
-- The list of licences (涉企经营许可事项), edition by edition. An edition says what it changes; both tables are only added to.
CREATE TABLE catalogue_editions (
  zone      INTEGER NOT NULL,
  edition   INTEGER NOT NULL CHECK (edition > 0),
  name      TEXT    NOT NULL,                       -- of the file it came from
  total     INTEGER NOT NULL CHECK (total >= 0),    -- items in force with it
  added     INTEGER NOT NULL CHECK (added >= 0),
  changed   INTEGER NOT NULL CHECK (changed >= 0),
  dropped   INTEGER NOT NULL CHECK (dropped >= 0),
  restores  INTEGER NOT NULL DEFAULT 0 CHECK (restores < edition), -- the edition it brings back; 0 for none
  note      TEXT    NOT NULL DEFAULT '',            -- why
  by_person INTEGER NOT NULL,                       -- 0 with the installation
  at        INTEGER NOT NULL,                       -- ms
  PRIMARY KEY (zone, edition)
) STRICT, WITHOUT ROWID;

CREATE TABLE catalogue_items (
  zone    INTEGER NOT NULL,
  code    TEXT    NOT NULL,
  edition INTEGER NOT NULL,                         -- in which it became so
  dropped INTEGER NOT NULL CHECK (dropped IN (0, 1)),
  item    TEXT    NOT NULL,                         -- JSON; of a dropped one, as it was
  PRIMARY KEY (zone, code, edition),
  FOREIGN KEY (zone, edition) REFERENCES catalogue_editions (zone, edition)
) STRICT, WITHOUT ROWID;
CREATE INDEX catalogue_items_edition ON catalogue_items (zone, edition, code);
