-- +goose Up
-- How points are spent: who gives rewards, what there is, who reserved and collected it, what was settled.

CREATE TABLE sponsors (                    -- 让利商户、共建单位 …
  zone      INTEGER NOT NULL REFERENCES zones(zone),
  id        INTEGER NOT NULL,
  name      TEXT    NOT NULL,
  kind      TEXT    NOT NULL CHECK (kind IN ('shop','unit','property','charity')),
  area      TEXT    NOT NULL,             -- the area whose desk keeps it
  contact   BLOB    NOT NULL,             -- sealed: who to call, and the number
  agreement TEXT    NOT NULL,             -- number or text of the agreement
  rate      TEXT    NOT NULL,             -- how points are settled, in words
  from_at   INTEGER NOT NULL,
  to_at     INTEGER NOT NULL DEFAULT 0 CHECK (to_at = 0 OR to_at > from_at),
  example   INTEGER NOT NULL DEFAULT 0 CHECK (example IN (0,1)),
  revision  INTEGER NOT NULL,
  PRIMARY KEY (zone, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE rewards (
  zone      INTEGER NOT NULL REFERENCES zones(zone),
  id        INTEGER NOT NULL,
  name_zh   TEXT    NOT NULL,
  name_en   TEXT    NOT NULL DEFAULT '',
  body      TEXT    NOT NULL DEFAULT '',
  photo     INTEGER NOT NULL DEFAULT 0,
  area      TEXT    NOT NULL CHECK (length(area) IN (9,12)), -- the street or community that hands it out
  address   TEXT    NOT NULL,
  hours     TEXT    NOT NULL,             -- when the counter is open, in words
  sponsor   INTEGER NOT NULL DEFAULT 0,   -- who gives it; 0 for the community itself
  price     INTEGER NOT NULL CHECK (price > 0), -- points
  most      INTEGER NOT NULL DEFAULT 0 CHECK (most >= 0), -- for one person in a period; 0 for no limit
  per       TEXT    NOT NULL DEFAULT '',
  from_at   INTEGER NOT NULL,
  to_at     INTEGER NOT NULL DEFAULT 0,
  pickup    INTEGER NOT NULL CHECK (pickup BETWEEN 1 AND 90), -- days
  closed_at INTEGER NOT NULL DEFAULT 0,   -- taken out of the catalogue
  stock     INTEGER NOT NULL CHECK (stock >= 0), -- what its movements come to
  moves     INTEGER NOT NULL CHECK (moves >= 0), -- how many they are
  revision  INTEGER NOT NULL,
  PRIMARY KEY (zone, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX rewards_area ON rewards (zone, area, id);

CREATE TABLE reward_stock (                -- movements: rows are only ever added
  zone      INTEGER NOT NULL,
  reward    INTEGER NOT NULL,
  n         INTEGER NOT NULL CHECK (n > 0), -- 1, 2, 3 … within the reward
  kind      TEXT    NOT NULL CHECK (kind IN ('in','gift','fix','take','back')),
  amount    INTEGER NOT NULL CHECK (amount <> 0), -- positive into the stock
  after     INTEGER NOT NULL CHECK (after >= 0), -- stock after this movement
  ref       TEXT    NOT NULL DEFAULT '',  -- redemption:12, sponsor:3
  note      TEXT    NOT NULL DEFAULT '',
  at        INTEGER NOT NULL,
  by_person INTEGER NOT NULL,             -- 0 for the clock
  PRIMARY KEY (zone, reward, n),
  FOREIGN KEY (zone, reward) REFERENCES rewards (zone, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE redemptions (
  zone        INTEGER NOT NULL,
  id          INTEGER NOT NULL,
  reward      INTEGER NOT NULL,
  name_zh     TEXT    NOT NULL,           -- the reward's when it was reserved
  name_en     TEXT    NOT NULL DEFAULT '',
  person      INTEGER NOT NULL,
  home        TEXT    NOT NULL DEFAULT '', -- community of the person; '' when not told
  place       TEXT    NOT NULL,           -- area that hands it out
  sponsor     INTEGER NOT NULL DEFAULT 0,
  price       INTEGER NOT NULL CHECK (price > 0),
  hold        TEXT    NOT NULL,           -- id of the hold on the points
  code_hash   BLOB    NOT NULL,           -- keyed hash of the pick-up code
  code        BLOB    NOT NULL,           -- the code, sealed; empty once it is over
  state       TEXT    NOT NULL CHECK (state IN ('reserved','collected','cancelled','lapsed')),
  reserved_at INTEGER NOT NULL,
  until       INTEGER NOT NULL,           -- when it lapses
  done_at     INTEGER NOT NULL DEFAULT 0,
  done_by     INTEGER NOT NULL DEFAULT 0,
  done_duty   TEXT    NOT NULL DEFAULT '', -- role/unit/area of whoever handed it over
  settlement  TEXT    NOT NULL DEFAULT '', -- number of the statement it was settled with
  PRIMARY KEY (zone, id),
  FOREIGN KEY (zone, reward) REFERENCES rewards (zone, id),
  CHECK ((state = 'reserved') = (done_at = 0))
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX redemptions_open ON redemptions (zone, code_hash) WHERE state = 'reserved';
CREATE INDEX redemptions_code ON redemptions (zone, code_hash);
CREATE INDEX redemptions_person ON redemptions (zone, person, id);
CREATE INDEX redemptions_until ON redemptions (zone, until) WHERE state = 'reserved';
CREATE INDEX redemptions_place ON redemptions (zone, place, id);
CREATE INDEX redemptions_done ON redemptions (zone, done_at) WHERE state = 'collected';
CREATE INDEX redemptions_sponsor ON redemptions (zone, sponsor, done_at) WHERE sponsor <> 0 AND state = 'collected';
CREATE INDEX redemptions_reward ON redemptions (zone, reward, person);

CREATE TABLE sponsor_gifts (               -- points a sponsor gives on to a pool instead of settling them
  zone       INTEGER NOT NULL,
  id         INTEGER NOT NULL,
  sponsor    INTEGER NOT NULL,
  area       TEXT    NOT NULL,            -- whose pool
  points     INTEGER NOT NULL CHECK (points > 0),
  note       TEXT    NOT NULL DEFAULT '',
  transfer   TEXT    NOT NULL,
  at         INTEGER NOT NULL,
  by_person  INTEGER NOT NULL,
  settlement TEXT    NOT NULL DEFAULT '',
  PRIMARY KEY (zone, id),
  FOREIGN KEY (zone, sponsor) REFERENCES sponsors (zone, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX sponsor_gifts_sponsor ON sponsor_gifts (zone, sponsor, id);

CREATE TABLE settlements (                 -- statements: rows are only ever added
  zone      INTEGER NOT NULL,
  number    TEXT    NOT NULL,             -- JS-330108-202603-001
  sponsor   INTEGER NOT NULL,
  month     TEXT    NOT NULL,             -- 2026-03: what was collected up to its end and not settled before
  items     INTEGER NOT NULL CHECK (items >= 0),
  collected INTEGER NOT NULL CHECK (collected >= 0), -- points of the items
  given     INTEGER NOT NULL CHECK (given >= 0), -- points given on to pools
  points    INTEGER NOT NULL CHECK (points = collected - given AND points >= 0), -- leave being
  rate      TEXT    NOT NULL DEFAULT '',  -- as agreed then
  note      TEXT    NOT NULL DEFAULT '',
  transfer  TEXT    NOT NULL DEFAULT '',  -- '' when there was nothing to take out
  at        INTEGER NOT NULL,
  by_person INTEGER NOT NULL,
  PRIMARY KEY (zone, number),
  FOREIGN KEY (zone, sponsor) REFERENCES sponsors (zone, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX settlements_month ON settlements (zone, sponsor, month);

CREATE TABLE counter_tries (               -- wrong codes typed at a counter
  zone    INTEGER NOT NULL,
  person  INTEGER NOT NULL,
  wrong   INTEGER NOT NULL,
  last_at INTEGER NOT NULL,
  PRIMARY KEY (zone, person)
) STRICT, WITHOUT ROWID;
