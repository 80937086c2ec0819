-- +goose Up
-- The whole ledger: a transfer moves one amount between two accounts; what lapses lies in lots.
ALTER TABLE transfers RENAME TO old_transfers;
ALTER TABLE postings RENAME TO old_postings;
ALTER TABLE accounts RENAME TO old_accounts;

CREATE TABLE transfers (                   -- only ever added
  zone         INTEGER NOT NULL,
  id           TEXT    NOT NULL,           -- given by the caller; the same id posts once
  seq          INTEGER NOT NULL,           -- order of posting
  at           INTEGER NOT NULL,
  from_account TEXT    NOT NULL,
  to_account   TEXT    NOT NULL CHECK (to_account <> from_account),
  asset        TEXT    NOT NULL CHECK (asset IN ('POINT','CNY')),
  amount       INTEGER NOT NULL CHECK (amount > 0), -- whole points, or 分
  expires_at   INTEGER NOT NULL DEFAULT 0, -- when what arrived lapses
  reason       TEXT    NOT NULL DEFAULT '',
  ref          TEXT    NOT NULL DEFAULT '', -- what it is about, e.g. case:123
  from_n       INTEGER NOT NULL,           -- number of its line in each account
  to_n         INTEGER NOT NULL,
  lots         TEXT    NOT NULL DEFAULT '', -- lots it moved: JSON list of [account, expires_at, amount]; '' when none
  reverses     TEXT    NOT NULL DEFAULT '', -- id of the transfer it takes back
  PRIMARY KEY (zone, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX transfers_reverses ON transfers (zone, reverses) WHERE reverses <> '';

CREATE TABLE postings (                    -- only ever added: an account's lines
  zone     INTEGER NOT NULL,
  account  TEXT    NOT NULL,
  asset    TEXT    NOT NULL,
  n        INTEGER NOT NULL CHECK (n > 0), -- 1, 2, 3 … within the account
  amount   INTEGER NOT NULL CHECK (amount <> 0), -- positive into the account, negative out of it
  balance  INTEGER NOT NULL,              -- of the account after this line
  at       INTEGER NOT NULL,
  transfer TEXT    NOT NULL,
  PRIMARY KEY (zone, account, asset, n)
) STRICT, WITHOUT ROWID;

CREATE TABLE accounts (                    -- where each account stands: what its postings come to
  zone     INTEGER NOT NULL,
  account  TEXT    NOT NULL,
  asset    TEXT    NOT NULL CHECK (asset IN ('POINT','CNY')),
  balance  INTEGER NOT NULL,
  floor    INTEGER NOT NULL,              -- the balance never goes below it
  postings INTEGER NOT NULL,              -- how many lines made the balance
  lots     INTEGER NOT NULL DEFAULT 0,    -- how many lots it has
  version  INTEGER NOT NULL,              -- grows by one with every change
  PRIMARY KEY (zone, account, asset),
  CHECK (balance >= floor)
) STRICT, WITHOUT ROWID;

CREATE TABLE lots (                        -- what an account holds that lapses at one instant
  zone       INTEGER NOT NULL,
  account    TEXT    NOT NULL,
  asset      TEXT    NOT NULL,
  expires_at INTEGER NOT NULL CHECK (expires_at > 0),
  remaining  INTEGER NOT NULL CHECK (remaining > 0),
  PRIMARY KEY (zone, account, asset, expires_at)
) STRICT, WITHOUT ROWID;
CREATE INDEX lots_expiry ON lots (zone, expires_at);

CREATE TABLE holds (                       -- points set aside until a redemption is confirmed, called off or lapses
  zone       INTEGER NOT NULL,
  id         TEXT    NOT NULL,            -- also the id of the transfer into the held account
  state      TEXT    NOT NULL CHECK (state IN ('open','confirmed','voided')),
  to_account TEXT    NOT NULL,            -- whom it goes to when confirmed
  until      INTEGER NOT NULL,            -- when it lapses; 0 for never
  done_at    INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (zone, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX holds_until ON holds (zone, until) WHERE state = 'open' AND until <> 0;

INSERT INTO transfers (zone, id, seq, at, from_account, to_account, asset, amount, reason, ref, from_n, to_n)
  SELECT t.zone, t.id, row_number() OVER (ORDER BY t.at, t.id), t.at, f.account, g.account, g.asset, g.amount, t.reason, t.ref, f.id, g.id
  FROM old_transfers t JOIN old_postings f ON f.zone = t.zone AND f.transfer = t.id AND f.line = 0
  JOIN old_postings g ON g.zone = t.zone AND g.transfer = t.id AND g.line = 1;
INSERT INTO postings (zone, account, asset, n, amount, balance, at, transfer)
  SELECT zone, account, asset, id, amount, balance, at, transfer FROM old_postings;
INSERT INTO accounts (zone, account, asset, balance, floor, postings, version)
  SELECT zone, account, asset, balance, floor, postings, postings FROM old_accounts;
DROP TABLE old_postings;
DROP TABLE old_transfers;
DROP TABLE old_accounts;
