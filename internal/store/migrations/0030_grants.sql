-- +goose Up
-- What enterprises get (兑付): funds with their budget, lists and applications, orders to the bank, and the account of what
-- was paid. Money is 分.
CREATE TABLE funds (                       -- 资金; its account is fund:ID, what is under way ordered:ID
  zone      INTEGER NOT NULL REFERENCES zones(zone),
  id        INTEGER NOT NULL,
  name      TEXT    NOT NULL,
  year      INTEGER NOT NULL CHECK (year BETWEEN 2000 AND 9999), -- of the budget
  unit      TEXT    NOT NULL,             -- whose money it is, in words
  note      TEXT    NOT NULL DEFAULT '',
  closed_at INTEGER NOT NULL DEFAULT 0,   -- no more orders from it
  at        INTEGER NOT NULL,
  by_person INTEGER NOT NULL,
  revision  INTEGER NOT NULL,
  entry     INTEGER NOT NULL DEFAULT 0,   -- names the leaf of its last change
  entries   INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (zone, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE fund_allotments (             -- rows are only ever added
  zone      INTEGER NOT NULL,
  id        INTEGER NOT NULL,
  fund      INTEGER NOT NULL,
  amount    INTEGER NOT NULL CHECK (amount > 0),
  document  TEXT    NOT NULL,             -- 文号
  note      TEXT    NOT NULL DEFAULT '',
  transfer  TEXT    NOT NULL,
  at        INTEGER NOT NULL,
  by_person INTEGER NOT NULL,
  entry     INTEGER NOT NULL DEFAULT 0,
  entries   INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (zone, id),
  FOREIGN KEY (zone, fund) REFERENCES funds (zone, id)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX fund_allotments_once ON fund_allotments (zone, fund, document);

CREATE TABLE grant_lists (
  zone      INTEGER NOT NULL REFERENCES zones(zone),
  id        INTEGER NOT NULL,
  item      TEXT    NOT NULL,             -- of the policies
  title     TEXT    NOT NULL,
  period    TEXT    NOT NULL,             -- '' once for ever, 2026, 2026-11
  version   INTEGER NOT NULL,             -- of the policies it was last made by
  as_of     INTEGER NOT NULL,             -- day it was last made as of, counted from 1970-01-01
  fund      INTEGER NOT NULL DEFAULT 0,   -- that pays; 0 while nobody has said
  auto      INTEGER NOT NULL DEFAULT 0 CHECK (auto IN (0,1)), -- made by the system, because an event made enterprises eligible
  public_at INTEGER NOT NULL DEFAULT 0,   -- when it was last published
  until     INTEGER NOT NULL DEFAULT 0,   -- until when
  at        INTEGER NOT NULL,
  by_person INTEGER NOT NULL,             -- 0 the system
  revision  INTEGER NOT NULL,
  entry     INTEGER NOT NULL DEFAULT 0,
  entries   INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (zone, id)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX grant_lists_auto ON grant_lists (zone, item, period) WHERE auto = 1;

CREATE TABLE grants (
  zone      INTEGER NOT NULL,
  id        INTEGER NOT NULL,
  list      INTEGER NOT NULL,             -- 0: an application
  item      TEXT    NOT NULL,
  grp       TEXT    NOT NULL DEFAULT '',  -- the item's exclusion group
  share     TEXT    NOT NULL DEFAULT '',  -- group/year, or group/ where it is had once for ever; '' without a group
  code      TEXT    NOT NULL,
  name      TEXT    NOT NULL,             -- the enterprise's, then
  area      TEXT    NOT NULL DEFAULT '',
  period    TEXT    NOT NULL,
  amount    INTEGER NOT NULL CHECK (amount >= 0), -- 0: an application's that is not settled yet
  version   INTEGER NOT NULL,             -- of the policies
  inputs    TEXT    NOT NULL,             -- hex SHA-256 of the values it was decided by
  fund      INTEGER NOT NULL DEFAULT 0,
  account   BLOB    NOT NULL,             -- to pay to, sealed; empty until it is told
  note      TEXT    NOT NULL DEFAULT '',
  chosen    INTEGER NOT NULL DEFAULT 0,   -- who listed or accepted it
  raised    INTEGER NOT NULL DEFAULT 0,   -- who objected, or proposed a recovery
  at        INTEGER NOT NULL,
  state     TEXT    NOT NULL CHECK (state IN ('listed','submitted','returned','confirmed','published','objected','approved','ordered','failed','paid',
                    'recovering','recovered','waived','lapsed','dropped','refused')),
  due       INTEGER NOT NULL DEFAULT 0,   -- until when it is confirmed or decided; 0 for no limit
  until     INTEGER NOT NULL DEFAULT 0,   -- until when it is published
  order_no  TEXT    NOT NULL DEFAULT '',
  done_at   INTEGER NOT NULL DEFAULT 0,   -- when it was paid
  reason    TEXT    NOT NULL DEFAULT '',
  events    INTEGER NOT NULL CHECK (events > 0),
  revision  INTEGER NOT NULL,
  entry     INTEGER NOT NULL DEFAULT 0,
  entries   INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (zone, id),
  FOREIGN KEY (zone, code) REFERENCES enterprises (zone, code),
  CHECK (state NOT IN ('ordered','paid','recovering') OR (order_no <> '' AND fund <> 0 AND amount > 0))
) STRICT, WITHOUT ROWID;

-- An enterprise has an item once in a period, and one item of a group.
CREATE UNIQUE INDEX grants_once ON grants (zone, code, item, period) WHERE state NOT IN ('recovered','waived','lapsed','dropped','refused');

CREATE UNIQUE INDEX grants_share ON grants (zone, code, share) WHERE share <> '' AND state NOT IN ('recovered','waived','lapsed','dropped','refused');

CREATE INDEX grants_code ON grants (zone, code, id);

CREATE INDEX grants_list ON grants (zone, list, state, id);

CREATE INDEX grants_item ON grants (zone, item, state, id);

CREATE INDEX grants_state ON grants (zone, state, id);

CREATE INDEX grants_fund ON grants (zone, fund, state, id);

CREATE INDEX grants_order ON grants (zone, order_no, id) WHERE order_no <> '';

CREATE INDEX grants_due ON grants (zone, due) WHERE state = 'listed' AND due <> 0;

CREATE INDEX grants_until ON grants (zone, until) WHERE state = 'published';

CREATE TABLE grant_events (                -- rows are only ever added
  zone       INTEGER NOT NULL,
  grant_id   INTEGER NOT NULL,
  seq        INTEGER NOT NULL CHECK (seq > 0),
  at         INTEGER NOT NULL,
  actor      INTEGER NOT NULL,            -- 0 the system
  act        TEXT    NOT NULL,
  from_state TEXT    NOT NULL,
  to_state   TEXT    NOT NULL,
  note       TEXT    NOT NULL DEFAULT '',
  ref        TEXT    NOT NULL DEFAULT '', -- number of the order
  PRIMARY KEY (zone, grant_id, seq),
  FOREIGN KEY (zone, grant_id) REFERENCES grants (zone, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX grant_events_ref ON grant_events (zone, ref, act) WHERE ref <> '';

CREATE TABLE pay_orders (                  -- 拨付指令; rows are only ever added
  zone      INTEGER NOT NULL,
  number    TEXT    NOT NULL,             -- BF-330108-2026-0001
  fund      INTEGER NOT NULL,
  pieces    INTEGER NOT NULL CHECK (pieces > 0),
  amount    INTEGER NOT NULL CHECK (amount > 0),
  note      TEXT    NOT NULL DEFAULT '',
  at        INTEGER NOT NULL,
  by_person INTEGER NOT NULL,
  entry     INTEGER NOT NULL DEFAULT 0,
  entries   INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (zone, number),
  FOREIGN KEY (zone, fund) REFERENCES funds (zone, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX pay_orders_fund ON pay_orders (zone, fund, number);

CREATE TABLE payout_imports (              -- rows of other systems that came in one file
  zone      INTEGER NOT NULL,
  id        INTEGER NOT NULL,             -- of imports
  name      TEXT    NOT NULL,             -- of the file
  pieces    INTEGER NOT NULL CHECK (pieces > 0), -- rows
  amount    INTEGER NOT NULL,             -- their sum
  sha256    TEXT    NOT NULL,             -- hex, of the file
  at        INTEGER NOT NULL,
  by_person INTEGER NOT NULL,
  undone_at INTEGER NOT NULL DEFAULT 0,   -- when all its rows were taken back
  undone_by INTEGER NOT NULL DEFAULT 0,
  reason    TEXT    NOT NULL DEFAULT '',  -- why
  entry     INTEGER NOT NULL DEFAULT 0,
  entries   INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (zone, id),
  CHECK ((undone_at = 0) = (reason = ''))
) STRICT, WITHOUT ROWID;

CREATE TABLE payouts (                     -- 兑现台账: rows are only ever added; what was wrong is taken back by a row below zero
  zone      INTEGER NOT NULL,
  id        INTEGER NOT NULL,
  month     INTEGER NOT NULL CHECK (month BETWEEN 200001 AND 999912), -- 202603
  item      TEXT    NOT NULL DEFAULT '',  -- of the policies; '' where another system names it in words only
  title     TEXT    NOT NULL,             -- the item in words
  way       TEXT    NOT NULL,             -- award, grant, reduce, exempt, defer, interest, refund
  kind      TEXT    NOT NULL DEFAULT '',  -- 险种 or 税种
  code      TEXT    NOT NULL,
  name      TEXT    NOT NULL,             -- the enterprise's
  area      TEXT    NOT NULL DEFAULT '',
  pieces    INTEGER NOT NULL CHECK (pieces <> 0), -- 件数; below zero takes back
  amount    INTEGER NOT NULL,
  source    TEXT    NOT NULL,             -- who says so, in words
  import    INTEGER NOT NULL DEFAULT 0,
  grant_id  INTEGER NOT NULL DEFAULT 0,
  undoes    INTEGER NOT NULL DEFAULT 0,   -- the row it takes back; 0 for none
  at        INTEGER NOT NULL,
  by_person INTEGER NOT NULL,
  PRIMARY KEY (zone, id),
  FOREIGN KEY (zone, code) REFERENCES enterprises (zone, code),
  CHECK ((import = 0) <> (grant_id = 0)),
  CHECK ((undoes <> 0) = (pieces < 0))
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX payouts_undoes ON payouts (zone, undoes) WHERE undoes <> 0;

CREATE INDEX payouts_month ON payouts (zone, month, id);

CREATE INDEX payouts_code ON payouts (zone, code, id);

CREATE INDEX payouts_import ON payouts (zone, import, id) WHERE import <> 0;

CREATE INDEX payouts_grant ON payouts (zone, grant_id, id) WHERE grant_id <> 0;

CREATE TABLE payout_cells (                -- payouts by month and item, added up for each enterprise: made from them, for figures
  zone     INTEGER NOT NULL,
  month    INTEGER NOT NULL,
  item     TEXT    NOT NULL,
  title    TEXT    NOT NULL,
  way      TEXT    NOT NULL,
  kind     TEXT    NOT NULL,
  body     BLOB    NOT NULL,              -- see internal/policy/cell.go
  revision INTEGER NOT NULL,
  PRIMARY KEY (zone, month, item, title, way, kind)
) STRICT;
