-- +goose Up
-- Keys by which other systems use the API.
CREATE TABLE api_keys (
  zone       INTEGER NOT NULL,
  id         INTEGER NOT NULL CHECK (id > 0), -- 1, 2, 3 … within the zone
  name       TEXT    NOT NULL,               -- which system holds it
  hash       BLOB    NOT NULL CHECK (length(hash) = 32), -- SHA-256 of the secret, which is kept nowhere
  scopes     TEXT    NOT NULL,               -- JSON list: transfers.write, accounts.read …
  accounts   TEXT    NOT NULL,               -- JSON list of the accounts it may debit and read: sponsor:7, pool:330108001*, *
  created_at INTEGER NOT NULL,
  created_by INTEGER NOT NULL,               -- person; 0 for the command line
  expires_at INTEGER NOT NULL DEFAULT 0,     -- 0 for never
  revoked_at INTEGER NOT NULL DEFAULT 0,
  used_at    INTEGER NOT NULL DEFAULT 0,     -- last use, to the hour
  PRIMARY KEY (zone, id)
) STRICT, WITHOUT ROWID;
