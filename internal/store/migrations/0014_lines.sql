-- +goose Up
-- A transfer holds both of its lines, each pointing back to the account's line before: rows are only added at the
-- end, and an account's statement is read backwards from its newest line. See docs/adr/0011.
CREATE TABLE old_lines (                   -- what postings said, for the way over
  zone    INTEGER NOT NULL,
  account TEXT    NOT NULL,
  asset   TEXT    NOT NULL,
  n       INTEGER NOT NULL,
  balance INTEGER NOT NULL,
  at      INTEGER NOT NULL,
  seq     INTEGER NOT NULL,
  prev    INTEGER NOT NULL,
  PRIMARY KEY (zone, account, asset, n)
) STRICT, WITHOUT ROWID;
INSERT INTO old_lines (zone, account, asset, n, balance, at, seq, prev)
  SELECT p.zone, p.account, p.asset, p.n, p.balance, p.at, t.seq,
    coalesce(lag(t.seq) OVER (PARTITION BY p.zone, p.account, p.asset ORDER BY p.n), 0)
  FROM postings p JOIN transfers t ON t.zone = p.zone AND t.id = p.transfer;

DROP INDEX transfers_reverses;
ALTER TABLE transfers RENAME TO old_transfers;
CREATE TABLE transfers (                   -- only ever added
  zone         INTEGER NOT NULL,
  seq          INTEGER NOT NULL CHECK (seq > 0), -- order of posting
  id           TEXT    NOT NULL,           -- given by the caller; the same id posts once
  at           INTEGER NOT NULL,
  from_account TEXT    NOT NULL,
  to_account   TEXT    NOT NULL CHECK (to_account <> from_account),
  asset        TEXT    NOT NULL CHECK (asset IN ('POINT','CNY')),
  amount       INTEGER NOT NULL CHECK (amount > 0), -- whole points, or 分
  expires_at   INTEGER NOT NULL DEFAULT 0, -- when what arrived lapses
  reason       TEXT    NOT NULL DEFAULT '',
  ref          TEXT    NOT NULL DEFAULT '', -- what it is about, e.g. case:123
  from_n       INTEGER NOT NULL CHECK (from_n > 0), -- number of its line in the account: 1, 2, 3 …
  from_balance INTEGER NOT NULL,           -- of the account after it
  from_prev    INTEGER NOT NULL,           -- seq of the account's line before; 0 for the first
  to_n         INTEGER NOT NULL CHECK (to_n > 0),
  to_balance   INTEGER NOT NULL,
  to_prev      INTEGER NOT NULL,
  lots         TEXT    NOT NULL DEFAULT '', -- lots it moved: JSON list of [account, expires_at, amount]; '' when none
  reverses     TEXT    NOT NULL DEFAULT '', -- id of the transfer it takes back
  PRIMARY KEY (zone, seq)
) STRICT, WITHOUT ROWID;
INSERT INTO transfers (zone, seq, id, at, from_account, to_account, asset, amount, expires_at, reason, ref,
    from_n, from_balance, from_prev, to_n, to_balance, to_prev, lots, reverses)
  SELECT t.zone, t.seq, t.id, t.at, t.from_account, t.to_account, t.asset, t.amount, t.expires_at, t.reason, t.ref,
    t.from_n, f.balance, f.prev, t.to_n, g.balance, g.prev, t.lots, t.reverses
  FROM old_transfers t
  JOIN old_lines f ON f.zone = t.zone AND f.account = t.from_account AND f.asset = t.asset AND f.n = t.from_n
  JOIN old_lines g ON g.zone = t.zone AND g.account = t.to_account AND g.asset = t.asset AND g.n = t.to_n
  ORDER BY t.zone, t.seq;
CREATE UNIQUE INDEX transfers_id ON transfers (zone, id);
CREATE UNIQUE INDEX transfers_reverses ON transfers (zone, reverses) WHERE reverses <> '';

ALTER TABLE accounts ADD COLUMN last INTEGER NOT NULL DEFAULT 0; -- seq of the newest line
UPDATE accounts SET last = (SELECT l.seq FROM old_lines l WHERE l.zone = accounts.zone AND l.account = accounts.account
  AND l.asset = accounts.asset AND l.n = accounts.postings) WHERE postings > 0;

CREATE TABLE account_marks (               -- every 64th line of an account, to begin reading from
  zone    INTEGER NOT NULL,
  account TEXT    NOT NULL,
  asset   TEXT    NOT NULL,
  n       INTEGER NOT NULL CHECK (n > 0 AND n % 64 = 0),
  seq     INTEGER NOT NULL,
  at      INTEGER NOT NULL,
  PRIMARY KEY (zone, account, asset, n)
) STRICT, WITHOUT ROWID;
INSERT INTO account_marks (zone, account, asset, n, seq, at)
  SELECT zone, account, asset, n, seq, at FROM old_lines WHERE n % 64 = 0;

DROP TABLE postings;
DROP TABLE old_transfers;
DROP TABLE old_lines;
