-- The SQLite schema after all migrations, for reading. Written by go test ./internal/store -update.

CREATE TABLE account_marks (               -- every 64th line of an account, to begin reading from
  zone    INTEGER NOT NULL,
  account TEXT    NOT NULL,
  asset   TEXT    NOT NULL,
  n       INTEGER NOT NULL CHECK (n > 0 AND n % 64 = 0),
  seq     INTEGER NOT NULL,
  at      INTEGER NOT NULL,
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
  version  INTEGER NOT NULL, last INTEGER NOT NULL DEFAULT 0,              -- grows by one with every change
  PRIMARY KEY (zone, account, asset),
  CHECK (balance >= floor)
) STRICT, WITHOUT ROWID;

CREATE TABLE activities (
  zone        INTEGER NOT NULL REFERENCES zones(zone),
  id          INTEGER NOT NULL,
  kind        TEXT    NOT NULL,
  title       TEXT    NOT NULL,
  body        TEXT    NOT NULL,
  bring       TEXT    NOT NULL DEFAULT '',
  age         TEXT    NOT NULL DEFAULT '', -- a remark on age
  area        TEXT    NOT NULL,           -- the community it lies in, or deeper
  place       TEXT    NOT NULL,
  lng         INTEGER NOT NULL DEFAULT 0,
  lat         INTEGER NOT NULL DEFAULT 0, -- 0,0 means no point
  from_at     INTEGER NOT NULL,
  to_at       INTEGER NOT NULL,
  capacity    INTEGER NOT NULL CHECK (capacity >= 0), -- places; 0 for any number
  unit        TEXT    NOT NULL DEFAULT '', -- that organises it; '' for the community
  contact     TEXT    NOT NULL,
  rule        TEXT    NOT NULL DEFAULT '', -- points rule; '' earns nothing
  hours       INTEGER NOT NULL CHECK (hours IN (0,1)),
  by_person   INTEGER NOT NULL,
  at          INTEGER NOT NULL,
  state       TEXT    NOT NULL CHECK (state IN ('draft','open','running','done','closed','cancelled')), -- as last written: it begins and ends by the clock
  reason      TEXT    NOT NULL DEFAULT '', -- why it was cancelled
  seats       INTEGER NOT NULL CHECK (seats >= 0),   -- people who are in
  waiting     INTEGER NOT NULL CHECK (waiting >= 0), -- people on the waiting list
  turns       INTEGER NOT NULL,           -- turns given out so far
  recorded_at INTEGER NOT NULL DEFAULT 0, -- when outcomes were last entered
  events      INTEGER NOT NULL,
  revision    INTEGER NOT NULL, entry   INTEGER NOT NULL DEFAULT 0, entries INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (zone, id),
  CHECK (to_at > from_at),
  CHECK (capacity = 0 OR seats <= capacity)
) STRICT, WITHOUT ROWID;

CREATE INDEX activities_from ON activities (zone, from_at, id);

CREATE TABLE activity_events (             -- only ever added
  zone     INTEGER NOT NULL,
  activity INTEGER NOT NULL,
  seq      INTEGER NOT NULL CHECK (seq > 0),
  at       INTEGER NOT NULL,
  actor    INTEGER NOT NULL,              -- 0 for the system
  what     TEXT    NOT NULL,
  person   INTEGER NOT NULL DEFAULT 0,    -- whom it is about
  note     TEXT    NOT NULL DEFAULT '',
  PRIMARY KEY (zone, activity, seq),
  FOREIGN KEY (zone, activity) REFERENCES activities (zone, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE activity_people (             -- sign-ups; every check is voluntary and the person's own proof
  zone       INTEGER NOT NULL,
  activity   INTEGER NOT NULL,
  person     INTEGER NOT NULL,
  state      TEXT    NOT NULL CHECK (state IN ('in','waiting','withdrawn')),
  turn       INTEGER NOT NULL,            -- order of signing up
  at         INTEGER NOT NULL,
  checked_at INTEGER NOT NULL DEFAULT 0,
  checked_by INTEGER NOT NULL DEFAULT 0,  -- the person itself, or the organiser
  recorded_at INTEGER NOT NULL DEFAULT 0,
  came       INTEGER NOT NULL DEFAULT 0 CHECK (came IN (0,1)),
  minutes    INTEGER NOT NULL DEFAULT 0 CHECK (minutes >= 0 AND minutes % 15 = 0),
  confirmed_at INTEGER NOT NULL DEFAULT 0,
  objection  TEXT    NOT NULL DEFAULT '',
  objected_at INTEGER NOT NULL DEFAULT 0,
  answer     TEXT    NOT NULL DEFAULT '',
  answered_at INTEGER NOT NULL DEFAULT 0,
  stars      INTEGER NOT NULL DEFAULT 0 CHECK (stars BETWEEN 0 AND 5), -- of the activity, by the person; people get no marks
  words      TEXT    NOT NULL DEFAULT '',
  rated_at   INTEGER NOT NULL DEFAULT 0,
  thanks     TEXT    NOT NULL DEFAULT '', -- the organiser's words to the person
  PRIMARY KEY (zone, activity, person),
  FOREIGN KEY (zone, activity) REFERENCES activities (zone, id),
  FOREIGN KEY (zone, person) REFERENCES people (zone, id),
  CHECK ((checked_at = 0) = (checked_by = 0)),
  CHECK (minutes = 0 OR came = 1)
) STRICT, WITHOUT ROWID;

CREATE INDEX activity_people_person ON activity_people (zone, person, activity);

CREATE TABLE aliases (
  zone   INTEGER NOT NULL,
  person INTEGER NOT NULL,
  code   BLOB    NOT NULL,             -- keyed hash of the query code
  owner  BLOB,                         -- keyed hash of the resident who is behind it; null when nobody signed in
  PRIMARY KEY (zone, person),
  FOREIGN KEY (zone, person) REFERENCES people (zone, id)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX aliases_code ON aliases (zone, code);

CREATE INDEX aliases_owner ON aliases (zone, owner) WHERE owner IS NOT NULL;

CREATE TABLE allotments (                  -- budget given to pools, with the document that says so
  zone      INTEGER NOT NULL,
  id        INTEGER NOT NULL,
  area      TEXT    NOT NULL,             -- whose pool
  points    INTEGER NOT NULL CHECK (points > 0),
  document  TEXT    NOT NULL,             -- 文号
  note      TEXT    NOT NULL DEFAULT '',
  transfer  TEXT    NOT NULL,
  by_person INTEGER NOT NULL,
  at        INTEGER NOT NULL, entry   INTEGER NOT NULL DEFAULT 0, entries INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (zone, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX allotments_area ON allotments (zone, area, id);

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

CREATE TABLE appointments (                -- who holds which post where
  zone       INTEGER NOT NULL,
  id         INTEGER NOT NULL,
  person     INTEGER NOT NULL,
  post       TEXT    NOT NULL,            -- grid_leader, grid_staff …
  area       TEXT    NOT NULL,
  from_at    INTEGER NOT NULL,
  to_at      INTEGER NOT NULL DEFAULT 0,
  document   TEXT    NOT NULL DEFAULT '', -- 任免文号
  concurrent INTEGER NOT NULL DEFAULT 0 CHECK (concurrent IN (0,1)),
  PRIMARY KEY (zone, id),
  FOREIGN KEY (zone, person) REFERENCES people (zone, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX appointments_area ON appointments (zone, area);

CREATE INDEX appointments_person ON appointments (zone, person);

CREATE TABLE areas (
  zone         INTEGER NOT NULL REFERENCES zones(zone),
  code         TEXT    NOT NULL CHECK (length(code) IN (6,9,12,15,17)),
  valid_from   INTEGER NOT NULL,
  valid_to     INTEGER NOT NULL DEFAULT 0 CHECK (valid_to = 0 OR valid_to > valid_from),
  name         TEXT    NOT NULL,
  legacy_code  TEXT    NOT NULL DEFAULT '',
  merged_into  TEXT    NOT NULL DEFAULT '',
  households   INTEGER NOT NULL DEFAULT 0 CHECK (households >= 0),
  illustrative INTEGER NOT NULL DEFAULT 0 CHECK (illustrative IN (0,1)),
  shape        TEXT    NOT NULL DEFAULT '', official TEXT NOT NULL DEFAULT '', class TEXT NOT NULL DEFAULT '', urban TEXT NOT NULL DEFAULT '', -- GeoJSON geometry, WGS-84; empty when unknown
  PRIMARY KEY (zone, code, valid_from)
) STRICT;

CREATE TABLE audit (                       -- only ever added
  zone    INTEGER NOT NULL,
  id      INTEGER NOT NULL,
  at      INTEGER NOT NULL,
  actor   INTEGER NOT NULL,
  action  TEXT    NOT NULL,
  subject TEXT    NOT NULL DEFAULT '',
  person  INTEGER NOT NULL DEFAULT 0,     -- whose data was looked at or changed
  reason  TEXT    NOT NULL DEFAULT '',
  detail  TEXT    NOT NULL DEFAULT '', entry   INTEGER NOT NULL DEFAULT 0, entries INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (zone, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX audit_actor ON audit (zone, actor, id);

CREATE INDEX audit_person ON audit (zone, person, id) WHERE person <> 0;

CREATE TABLE award_events (                -- history: rows are only ever added
  zone       INTEGER NOT NULL,
  award      INTEGER NOT NULL,
  seq        INTEGER NOT NULL CHECK (seq > 0),
  at         INTEGER NOT NULL,
  actor      INTEGER NOT NULL,
  act        TEXT    NOT NULL,
  from_state TEXT    NOT NULL,
  to_state   TEXT    NOT NULL,
  note       TEXT    NOT NULL DEFAULT '',
  PRIMARY KEY (zone, award, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE award_photos (
  zone    INTEGER NOT NULL,
  award   INTEGER NOT NULL,
  photo   INTEGER NOT NULL,
  n       INTEGER NOT NULL,               -- order on the page
  rule    TEXT    NOT NULL,
  subject TEXT    NOT NULL,
  sha256  BLOB    NOT NULL,
  dhash   INTEGER NOT NULL,
  PRIMARY KEY (zone, award, photo)
) STRICT, WITHOUT ROWID;

CREATE INDEX award_photos_photo ON award_photos (zone, photo);

CREATE INDEX award_photos_rule ON award_photos (zone, rule, subject, award);

CREATE INDEX award_photos_sha ON award_photos (zone, sha256);

CREATE TABLE award_subjects (              -- grows with every award of an earner, so that no two are counted past each other
  zone     INTEGER NOT NULL,
  subject  TEXT    NOT NULL,
  revision INTEGER NOT NULL,
  PRIMARY KEY (zone, subject)
) STRICT, WITHOUT ROWID;

CREATE TABLE awards (
  zone        INTEGER NOT NULL,
  id          INTEGER NOT NULL,
  rule        TEXT    NOT NULL,
  version     INTEGER NOT NULL,           -- of the rules it is decided by
  source      TEXT    NOT NULL CHECK (source IN ('case','activity','application','list','gift')),
  person      INTEGER NOT NULL DEFAULT 0, -- who contributed; 0 for a unit
  household   INTEGER NOT NULL DEFAULT 0,
  unit        TEXT    NOT NULL DEFAULT '',
  subject     TEXT    NOT NULL,           -- whom caps count for: person:1, household:2, unit:cg
  area        TEXT    NOT NULL,           -- where it is reviewed and paid: a community or deeper
  day         INTEGER NOT NULL,           -- of the contribution, in days since 1970
  quantity    INTEGER NOT NULL CHECK (quantity > 0),
  points      INTEGER NOT NULL CHECK (points > 0),
  body        TEXT    NOT NULL DEFAULT '',
  lng         INTEGER NOT NULL DEFAULT 0,
  lat         INTEGER NOT NULL DEFAULT 0, -- 0,0 means no point
  address     TEXT    NOT NULL DEFAULT '',
  evidence    TEXT    NOT NULL DEFAULT '', -- counts once for an earner and an item: case:812, activity:7, day:20515
  ref         TEXT    NOT NULL DEFAULT '',
  once        TEXT    NOT NULL DEFAULT '', -- makes what comes by itself come once
  import      INTEGER NOT NULL DEFAULT 0, -- the list it came with
  by_person   INTEGER NOT NULL,           -- who submitted it; 0 for the system
  at          INTEGER NOT NULL,
  state       TEXT    NOT NULL CHECK (state IN ('submitted','returned','second','publicity','objected','waiting','posted','refused','withdrawn','reversed')),
  approved    TEXT    NOT NULL DEFAULT '', -- JSON list of who approved it; '' when nobody has
  public_at   INTEGER NOT NULL DEFAULT 0,
  until       INTEGER NOT NULL DEFAULT 0, -- when publicity ends
  reason      TEXT    NOT NULL DEFAULT '', -- why it was returned, refused, reversed, or waits
  posted_at   INTEGER NOT NULL DEFAULT 0,
  pool        TEXT    NOT NULL DEFAULT '', -- area of the pool that paid
  events      INTEGER NOT NULL,
  revision    INTEGER NOT NULL, entry   INTEGER NOT NULL DEFAULT 0, entries INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (zone, id),
  CHECK ((posted_at <> 0) = (state IN ('posted','reversed'))),
  CHECK ((pool <> '') = (posted_at <> 0))
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX awards_evidence ON awards (zone, subject, rule, evidence) WHERE evidence <> '' AND state NOT IN ('withdrawn','reversed');

CREATE INDEX awards_import ON awards (zone, import, id) WHERE import <> 0;

CREATE UNIQUE INDEX awards_once ON awards (zone, once) WHERE once <> '';

CREATE INDEX awards_person ON awards (zone, person, id) WHERE person <> 0;

CREATE INDEX awards_state ON awards (zone, state, area, id);

CREATE INDEX awards_subject ON awards (zone, subject, day);

CREATE INDEX awards_until ON awards (zone, until) WHERE state = 'publicity';

CREATE TABLE bad_records (
  zone     INTEGER NOT NULL,
  subject  TEXT    NOT NULL,                -- field=value, several joined by +
  case_id  INTEGER NOT NULL,                -- in which it was found
  at       INTEGER NOT NULL,                -- ms
  repaired INTEGER NOT NULL DEFAULT 0,      -- ms; 0 while it counts
  PRIMARY KEY (zone, subject, case_id),
  FOREIGN KEY (zone, case_id) REFERENCES cases (zone, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX bad_records_case ON bad_records (zone, case_id);

CREATE TABLE board_people (                -- residents who want to be on their community's board
  zone      INTEGER NOT NULL,
  person    INTEGER NOT NULL,
  area      TEXT    NOT NULL,             -- the community
  from_at   INTEGER NOT NULL,
  to_at     INTEGER NOT NULL DEFAULT 0 CHECK (to_at = 0 OR to_at >= from_at),
  PRIMARY KEY (zone, person, from_at),
  FOREIGN KEY (zone, person) REFERENCES people (zone, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX board_people_area ON board_people (zone, area, person) WHERE to_at = 0;

CREATE UNIQUE INDEX board_people_now ON board_people (zone, person) WHERE to_at = 0;

CREATE TABLE calendar_years (
  zone      INTEGER NOT NULL REFERENCES zones(zone),
  year      INTEGER NOT NULL CHECK (year BETWEEN 1990 AND 2200),
  body      TEXT    NOT NULL,             -- JSON of calendar days
  source    TEXT    NOT NULL DEFAULT '',
  at        INTEGER NOT NULL,
  by_person INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (zone, year)
) STRICT, WITHOUT ROWID;

CREATE TABLE case_events (                 -- history: rows are only ever added
  zone       INTEGER NOT NULL,
  case_id    INTEGER NOT NULL,
  seq        INTEGER NOT NULL CHECK (seq > 0),
  at         INTEGER NOT NULL,
  actor      INTEGER NOT NULL,
  duty       TEXT    NOT NULL DEFAULT '',
  move       TEXT    NOT NULL,
  from_stage TEXT    NOT NULL,
  to_stage   TEXT    NOT NULL,
  holder     TEXT    NOT NULL,
  reason     TEXT    NOT NULL DEFAULT '',
  note       TEXT    NOT NULL DEFAULT '',
  fields     TEXT    NOT NULL DEFAULT '', -- JSON object; '' when empty
  photos     TEXT    NOT NULL DEFAULT '', -- JSON list of photo ids; '' when empty
  due_at     INTEGER NOT NULL DEFAULT 0, entry INTEGER NOT NULL DEFAULT 0, content BLOB NOT NULL DEFAULT x'', acted_for INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (zone, case_id, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE case_imports (                -- which cases a file brought
  zone    INTEGER NOT NULL,
  import  INTEGER NOT NULL,
  case_id INTEGER NOT NULL,
  PRIMARY KEY (zone, import, case_id),
  FOREIGN KEY (zone, case_id) REFERENCES cases (zone, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE case_keys (
  zone      INTEGER NOT NULL,
  procedure TEXT    NOT NULL,
  key       TEXT    NOT NULL,
  case_id   INTEGER NOT NULL,
  PRIMARY KEY (zone, procedure, key),
  FOREIGN KEY (zone, case_id) REFERENCES cases (zone, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX case_keys_case ON case_keys (zone, case_id);

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

CREATE INDEX case_links_b ON case_links (zone, b, kind, id);

CREATE UNIQUE INDEX case_links_once ON case_links (zone, a, b, kind) WHERE ended_at = 0;

CREATE TABLE case_months (
  zone    INTEGER NOT NULL,
  case_id INTEGER NOT NULL,
  month   INTEGER NOT NULL CHECK (month BETWEEN 200000 AND 209912), -- 202611; 202600 for the plan of the whole year
  seq     INTEGER NOT NULL,                       -- of the line of history that told it
  plan    INTEGER NOT NULL CHECK (plan >= -1),    -- 分; -1 when none was given
  actual  INTEGER NOT NULL CHECK (actual >= -1),  -- 分; -1 when none was given
  started INTEGER NOT NULL CHECK (started IN (0,1)),
  entered INTEGER NOT NULL CHECK (entered IN (0,1)), -- in the statistics of investment
  short   INTEGER NOT NULL CHECK (short IN (0,1)),   -- less was paid than required
  PRIMARY KEY (zone, case_id, month, seq),
  FOREIGN KEY (zone, case_id, seq) REFERENCES case_events (zone, case_id, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE case_phases (
  zone      INTEGER NOT NULL,
  case_id   INTEGER NOT NULL,
  phase     INTEGER NOT NULL CHECK (phase > 0), -- place among the phases of the case's version of the procedure
  procedure TEXT    NOT NULL,
  version   INTEGER NOT NULL,
  mark      INTEGER NOT NULL CHECK (mark BETWEEN 0 AND 3), -- 0 was there, went back; 1 came farther; 2 stands there; 3 came there, and has ended
  amount    INTEGER NOT NULL, -- 分
  at        INTEGER NOT NULL, sealed INTEGER NOT NULL DEFAULT 0 CHECK (sealed IN (0,1)), -- when it first came there; 0 when the phase was passed over
  PRIMARY KEY (zone, case_id, phase)
) STRICT, WITHOUT ROWID;

CREATE INDEX case_phases_sum ON case_phases (zone, procedure, version, phase, mark, sealed, amount, at);

CREATE TABLE case_secrets (
  zone    INTEGER NOT NULL,
  case_id INTEGER NOT NULL,
  seq     INTEGER NOT NULL CHECK (seq > 0), -- of the event it came with
  field   TEXT    NOT NULL,                 -- a field's id, text or note
  value   BLOB    NOT NULL,
  PRIMARY KEY (zone, case_id, seq, field),
  FOREIGN KEY (zone, case_id, seq) REFERENCES case_events (zone, case_id, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE case_tasks (                  -- inboxes: whose turn it is, and requests to decide
  zone    INTEGER NOT NULL,
  holder  TEXT    NOT NULL,
  due_at  INTEGER NOT NULL,               -- 253402300799000 when no deadline runs, so that it sorts last
  case_id INTEGER NOT NULL,
  kind    TEXT    NOT NULL,
  since   INTEGER NOT NULL,
  PRIMARY KEY (zone, holder, due_at, case_id, kind)
) STRICT, WITHOUT ROWID;

CREATE INDEX case_tasks_case ON case_tasks (zone, case_id);

CREATE VIRTUAL TABLE case_text USING fts5 (body, content='', contentless_delete=1, tokenize='unicode61');

CREATE TABLE case_units (                  -- units that ever held the case: they may read it
  zone    INTEGER NOT NULL,
  unit    TEXT    NOT NULL,
  case_id INTEGER NOT NULL,
  PRIMARY KEY (zone, unit, case_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX case_units_case ON case_units (zone, case_id);

CREATE TABLE cases (
  zone       INTEGER NOT NULL,
  id         INTEGER NOT NULL,
  number     TEXT    NOT NULL,
  procedure  TEXT    NOT NULL,
  version    INTEGER NOT NULL,
  matter     TEXT    NOT NULL,
  standard   TEXT    NOT NULL DEFAULT '',
  source     TEXT    NOT NULL,
  title      TEXT    NOT NULL,
  body       TEXT    NOT NULL,
  area       TEXT    NOT NULL,
  lng        INTEGER NOT NULL DEFAULT 0,
  lat        INTEGER NOT NULL DEFAULT 0,  -- 0,0 means no point
  address    TEXT    NOT NULL DEFAULT '',
  reporter   INTEGER NOT NULL DEFAULT 0,
  stage      TEXT    NOT NULL,
  holder     TEXT    NOT NULL,            -- role/unit/area of whose turn it is; '' when nobody's
  unit       TEXT    NOT NULL DEFAULT '', -- the unit that last held it
  opened_at  INTEGER NOT NULL,
  filed_at   INTEGER NOT NULL DEFAULT 0,
  handled_at INTEGER NOT NULL DEFAULT 0,
  closed_at  INTEGER NOT NULL DEFAULT 0,
  due_at     INTEGER NOT NULL DEFAULT 0,  -- the deadline that matters now; 0 when none runs or it is suspended
  result     TEXT    NOT NULL DEFAULT '',
  rating     INTEGER NOT NULL DEFAULT 0 CHECK (rating BETWEEN 0 AND 5),
  merged_to  INTEGER NOT NULL DEFAULT 0,
  level      INTEGER NOT NULL DEFAULT 0,  -- rung of supervision the clocks running now have reached
  wake_at    INTEGER NOT NULL DEFAULT 0,
  revision   INTEGER NOT NULL,
  state      TEXT    NOT NULL, entry INTEGER NOT NULL DEFAULT 0, parent INTEGER NOT NULL DEFAULT 0, sealed TEXT    NOT NULL DEFAULT '',            -- JSON: clocks, asks, counts, fields, did, previous, entered
  PRIMARY KEY (zone, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX cases_area ON cases (zone, area, id);

CREATE INDEX cases_closed ON cases (zone, closed_at) WHERE closed_at <> 0;

CREATE INDEX cases_matter ON cases (zone, matter, id);

CREATE INDEX cases_merged ON cases (zone, merged_to) WHERE merged_to <> 0;

CREATE INDEX cases_near ON cases (zone, matter, lat) WHERE closed_at = 0;

CREATE UNIQUE INDEX cases_number ON cases (zone, number);

CREATE INDEX cases_open ON cases (zone, due_at, id) WHERE closed_at = 0;

CREATE INDEX cases_open_area ON cases (zone, area) WHERE closed_at = 0;

CREATE INDEX cases_open_kinds ON cases (zone, procedure, area, due_at, sealed, holder, reporter) WHERE closed_at = 0 AND procedure <> 'grid-event';

CREATE INDEX cases_opened ON cases (zone, opened_at);

CREATE INDEX cases_parent    ON cases (zone, parent, id) WHERE parent <> 0;

CREATE INDEX cases_procedure ON cases (zone, procedure, id);

CREATE INDEX cases_reporter ON cases (zone, reporter, id) WHERE reporter <> 0;

CREATE INDEX cases_stages ON cases (zone, procedure, area, stage) WHERE procedure <> 'grid-event';

CREATE INDEX cases_unit ON cases (zone, unit, id);

CREATE INDEX cases_wake ON cases (zone, wake_at) WHERE wake_at <> 0;

CREATE INDEX cases_warned ON cases (zone, level, due_at, id, procedure, version, holder, area, sealed, reporter, matter, stage) WHERE closed_at = 0 AND level > 0;

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

CREATE TABLE commands (                    -- idempotency: a retried command answers what it answered first
  zone   INTEGER NOT NULL,
  key    TEXT    NOT NULL,
  digest BLOB    NOT NULL,                -- of who asked for what; the same key with another digest is a conflict
  result TEXT    NOT NULL,
  at     INTEGER NOT NULL,
  PRIMARY KEY (zone, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE counter_tries (               -- wrong codes typed at a counter
  zone    INTEGER NOT NULL,
  person  INTEGER NOT NULL,
  wrong   INTEGER NOT NULL,
  last_at INTEGER NOT NULL,
  PRIMARY KEY (zone, person)
) STRICT, WITHOUT ROWID;

CREATE TABLE counters (
  zone INTEGER NOT NULL,
  name TEXT    NOT NULL,
  n    INTEGER NOT NULL,
  PRIMARY KEY (zone, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE delegations (
  zone      INTEGER NOT NULL,
  id        INTEGER NOT NULL,
  person    INTEGER NOT NULL,               -- who is away and holds the duty
  delegate  INTEGER NOT NULL CHECK (delegate <> person), -- who acts under it meanwhile
  role      TEXT    NOT NULL,
  unit      TEXT    NOT NULL DEFAULT '',
  area      TEXT    NOT NULL DEFAULT '',
  from_at   INTEGER NOT NULL,
  to_at     INTEGER NOT NULL CHECK (to_at > from_at), -- the instant at which it is over by itself
  reason    TEXT    NOT NULL,
  by_person INTEGER NOT NULL,               -- who entered it: the person, or an administrator
  at        INTEGER NOT NULL,
  ended_at  INTEGER NOT NULL DEFAULT 0,     -- when somebody ended it early; 0 when nobody did
  ended_by  INTEGER NOT NULL DEFAULT 0,
  entry     INTEGER NOT NULL DEFAULT 0,     -- names the leaf of its last change in the log
  entries   INTEGER NOT NULL DEFAULT 0,     -- how many changes have a leaf
  PRIMARY KEY (zone, id),
  FOREIGN KEY (zone, person) REFERENCES people (zone, id),
  FOREIGN KEY (zone, delegate) REFERENCES people (zone, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX delegations_delegate ON delegations (zone, delegate, to_at);

CREATE INDEX delegations_person ON delegations (zone, person, id);

CREATE TABLE documents (                   -- pack texts kept as published: procedures, matters, posts, reasons
  zone      INTEGER NOT NULL REFERENCES zones(zone),
  kind      TEXT    NOT NULL,             -- procedure, matters, posts
  name      TEXT    NOT NULL,
  version   INTEGER NOT NULL CHECK (version > 0),
  state     TEXT    NOT NULL CHECK (state IN ('draft','published','frozen')),
  body      TEXT    NOT NULL,
  at        INTEGER NOT NULL,
  by_person INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (zone, kind, name, version)
) STRICT, WITHOUT ROWID;

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

CREATE TABLE enterprise_people (           -- who acts for an enterprise here
  zone       INTEGER NOT NULL,
  code       TEXT    NOT NULL,
  person     INTEGER NOT NULL,
  role       TEXT    NOT NULL CHECK (role IN ('legal','agent')), -- 法定代表人, 经办人
  note       TEXT    NOT NULL DEFAULT '',
  state      TEXT    NOT NULL CHECK (state IN ('asked','confirmed','refused','ended')),
  asked_at   INTEGER NOT NULL,
  decided_at INTEGER NOT NULL DEFAULT 0,
  decided_by INTEGER NOT NULL DEFAULT 0,
  reason     TEXT    NOT NULL DEFAULT '',   -- of a refusal or an end
  id         INTEGER NOT NULL,
  entry      INTEGER NOT NULL DEFAULT 0,
  entries    INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (zone, id),
  FOREIGN KEY (zone, code) REFERENCES enterprises (zone, code),
  FOREIGN KEY (zone, person) REFERENCES people (zone, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX enterprise_people_asked ON enterprise_people (zone, id) WHERE state = 'asked';

CREATE INDEX enterprise_people_code ON enterprise_people (zone, code, id);

CREATE UNIQUE INDEX enterprise_people_now ON enterprise_people (zone, person, code) WHERE state IN ('asked','confirmed');

CREATE TABLE enterprise_statements (       -- rows are only ever added
  zone      INTEGER NOT NULL,
  code      TEXT    NOT NULL,
  n         INTEGER NOT NULL CHECK (n > 0), -- 1, 2, 3 … within the enterprise
  source    TEXT    NOT NULL,               -- who says so, in words
  as_of     INTEGER NOT NULL,               -- day the values are of, counted from 1970-01-01
  body      TEXT    NOT NULL,               -- JSON: value by field; '' where the source withdraws one
  withdraws INTEGER NOT NULL DEFAULT 0 CHECK (withdraws BETWEEN 0 AND n - 1), -- the statement that it takes back; 0 for none
  import    INTEGER NOT NULL DEFAULT 0,     -- the file it came in; 0 for none
  at        INTEGER NOT NULL,
  by_person INTEGER NOT NULL,
  PRIMARY KEY (zone, code, n),
  FOREIGN KEY (zone, code) REFERENCES enterprises (zone, code)
) STRICT, WITHOUT ROWID;

CREATE INDEX enterprise_statements_import ON enterprise_statements (zone, import) WHERE import <> 0;

CREATE TABLE enterprises (
  zone        INTEGER NOT NULL REFERENCES zones(zone),
  code        TEXT    NOT NULL CHECK (length(code) = 18), -- 统一社会信用代码, GB 32100-2015
  name        TEXT    NOT NULL,
  place       INTEGER NOT NULL CHECK (place >= 0),        -- 0, 1, 2 … within the zone: its row in profile_pages
  accepted    TEXT    NOT NULL DEFAULT '',                -- why a code whose check character is wrong was accepted; '' when it is right
  accepted_by INTEGER NOT NULL DEFAULT 0,
  statements  INTEGER NOT NULL CHECK (statements > 0),
  changed     INTEGER NOT NULL,                           -- revision of the zone's profiles that changed it last
  at          INTEGER NOT NULL,
  example     INTEGER NOT NULL DEFAULT 0 CHECK (example IN (0,1)), -- made up for a demonstration
  entry       INTEGER NOT NULL DEFAULT 0,
  entries     INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (zone, code)
) STRICT, WITHOUT ROWID;

CREATE INDEX enterprises_changed ON enterprises (zone, changed);

CREATE UNIQUE INDEX enterprises_place ON enterprises (zone, place);

CREATE TABLE file_bodies (
  zone INTEGER NOT NULL,
  id   INTEGER NOT NULL,
  body BLOB    NOT NULL,
  PRIMARY KEY (zone, id)
) STRICT;

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
  entries   INTEGER NOT NULL DEFAULT 0, grant_id INTEGER NOT NULL DEFAULT 0, material TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (zone, id)
) STRICT;

CREATE INDEX files_case ON files (zone, case_id) WHERE case_id <> 0;

CREATE INDEX files_grant ON files (zone, grant_id);

CREATE INDEX files_loose ON files (zone, at) WHERE case_id = 0 AND grant_id = 0;

CREATE INDEX files_loose_person ON files (zone, by_person) WHERE case_id = 0 AND grant_id = 0;

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

CREATE INDEX grants_code ON grants (zone, code, id);

CREATE INDEX grants_due ON grants (zone, due) WHERE state = 'listed' AND due <> 0;

CREATE INDEX grants_fund ON grants (zone, fund, state, id);

CREATE INDEX grants_item ON grants (zone, item, state, id);

CREATE INDEX grants_list ON grants (zone, list, state, id);

CREATE UNIQUE INDEX grants_once ON grants (zone, code, item, period) WHERE state NOT IN ('recovered','waived','lapsed','dropped','refused');

CREATE INDEX grants_order ON grants (zone, order_no, id) WHERE order_no <> '';

CREATE UNIQUE INDEX grants_share ON grants (zone, code, share) WHERE share <> '' AND state NOT IN ('recovered','waived','lapsed','dropped','refused');

CREATE INDEX grants_state ON grants (zone, state, id);

CREATE INDEX grants_until ON grants (zone, until) WHERE state = 'published';

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

CREATE TABLE household_members (           -- the head among them
  zone      INTEGER NOT NULL,
  household INTEGER NOT NULL,
  person    INTEGER NOT NULL,
  from_at   INTEGER NOT NULL,
  to_at     INTEGER NOT NULL DEFAULT 0 CHECK (to_at = 0 OR to_at >= from_at),
  by_person INTEGER NOT NULL,
  PRIMARY KEY (zone, household, person, from_at),
  FOREIGN KEY (zone, household) REFERENCES households (zone, id),
  FOREIGN KEY (zone, person) REFERENCES people (zone, id)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX household_members_person ON household_members (zone, person) WHERE to_at = 0;

CREATE TABLE household_shares (            -- members who let the others see their balance
  zone      INTEGER NOT NULL,
  household INTEGER NOT NULL,
  person    INTEGER NOT NULL,
  from_at   INTEGER NOT NULL,
  to_at     INTEGER NOT NULL DEFAULT 0 CHECK (to_at = 0 OR to_at >= from_at),
  PRIMARY KEY (zone, household, person, from_at),
  FOREIGN KEY (zone, household) REFERENCES households (zone, id),
  FOREIGN KEY (zone, person) REFERENCES people (zone, id)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX household_shares_now ON household_shares (zone, household, person) WHERE to_at = 0;

CREATE TABLE households (
  zone      INTEGER NOT NULL,
  id        INTEGER NOT NULL,
  area      TEXT    NOT NULL,             -- the community it lives in, or deeper
  head      INTEGER NOT NULL,             -- whose account its points go to
  at        INTEGER NOT NULL,
  by_person INTEGER NOT NULL, entry   INTEGER NOT NULL DEFAULT 0, entries INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (zone, id),
  FOREIGN KEY (zone, head) REFERENCES people (zone, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX households_area ON households (zone, area, id);

CREATE TABLE imports (                     -- files checked but not yet applied
  zone      INTEGER NOT NULL REFERENCES zones(zone),
  id        INTEGER NOT NULL,
  kind      TEXT    NOT NULL,             -- areas, roster, awards, cases, months
  name      TEXT    NOT NULL,
  datum     TEXT    NOT NULL DEFAULT '',  -- of the coordinates in it; of cases how they begin; '' for neither
  area      TEXT    NOT NULL DEFAULT '',  -- whose list it is; '' for the whole zone
  about     TEXT    NOT NULL DEFAULT '',  -- the procedure whose cases it is about; '' for none
  body      BLOB    NOT NULL,
  at        INTEGER NOT NULL,
  by_person INTEGER NOT NULL,
  done_at   INTEGER NOT NULL DEFAULT 0,   -- when it was applied
  summary   TEXT    NOT NULL DEFAULT '',
  PRIMARY KEY (zone, id)
) STRICT;

CREATE INDEX imports_kind ON imports (zone, kind, id);

CREATE TABLE log_checkpoints (
  zone INTEGER NOT NULL,
  size INTEGER NOT NULL,                   -- how many leaves were signed for
  at   INTEGER NOT NULL,
  note TEXT    NOT NULL,                   -- the signed text
  PRIMARY KEY (zone, size)
) STRICT, WITHOUT ROWID;

CREATE TABLE log_hashes (                  -- the tree's hashes in the order they are made, 256 to a row
  zone   INTEGER NOT NULL,
  piece  INTEGER NOT NULL,
  hashes BLOB    NOT NULL,
  PRIMARY KEY (zone, piece)
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

CREATE TABLE log_state (
  zone       INTEGER NOT NULL PRIMARY KEY,
  size       INTEGER NOT NULL CHECK (size >= 0),                         -- how many leaves there are
  integrated INTEGER NOT NULL CHECK (integrated BETWEEN 0 AND size),     -- how many are in the tree and signed for
  since      INTEGER NOT NULL                                            -- every row made from then on has a leaf
, records_since INTEGER NOT NULL DEFAULT 0) STRICT;

CREATE TABLE lots (                        -- what an account holds that lapses at one instant
  zone       INTEGER NOT NULL,
  account    TEXT    NOT NULL,
  asset      TEXT    NOT NULL,
  expires_at INTEGER NOT NULL CHECK (expires_at > 0),
  remaining  INTEGER NOT NULL CHECK (remaining > 0),
  PRIMARY KEY (zone, account, asset, expires_at)
) STRICT, WITHOUT ROWID;

CREATE INDEX lots_expiry ON lots (zone, expires_at);

CREATE TABLE memberships (                 -- which role a person has in a unit or over an area
  zone    INTEGER NOT NULL,
  id      INTEGER NOT NULL,
  person  INTEGER NOT NULL,
  role    TEXT    NOT NULL,
  unit    TEXT    NOT NULL DEFAULT '',
  area    TEXT    NOT NULL DEFAULT '',
  from_at INTEGER NOT NULL,
  to_at   INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (zone, id),
  FOREIGN KEY (zone, person) REFERENCES people (zone, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX memberships_person ON memberships (zone, person);

CREATE TABLE modes (                       -- 平战转换
  zone       INTEGER NOT NULL REFERENCES zones(zone),
  id         INTEGER NOT NULL,
  area       TEXT    NOT NULL,
  reason     TEXT    NOT NULL,
  from_at    INTEGER NOT NULL,
  to_at      INTEGER NOT NULL DEFAULT 0,
  by_person  INTEGER NOT NULL,
  PRIMARY KEY (zone, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE notice_reads (
  zone    INTEGER NOT NULL,
  person  INTEGER NOT NULL,
  upto    INTEGER NOT NULL,               -- every notice with an id up to this one was seen
  PRIMARY KEY (zone, person)
) STRICT, WITHOUT ROWID;

CREATE TABLE notices (
  zone    INTEGER NOT NULL,
  id      INTEGER NOT NULL,
  person  INTEGER NOT NULL DEFAULT 0,     -- to one person, or
  holder  TEXT    NOT NULL DEFAULT '',    -- to whoever holds a duty
  case_id INTEGER NOT NULL DEFAULT 0,
  kind    TEXT    NOT NULL,
  zh      TEXT    NOT NULL,
  en      TEXT    NOT NULL,
  at      INTEGER NOT NULL, about INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (zone, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX notices_holder ON notices (zone, holder, id) WHERE holder <> '';

CREATE INDEX notices_person ON notices (zone, person, id) WHERE person <> 0;

CREATE TABLE objections (
  zone        INTEGER NOT NULL,
  id          INTEGER NOT NULL,
  award       INTEGER NOT NULL,
  by_person   INTEGER NOT NULL,
  at          INTEGER NOT NULL,
  reason      TEXT    NOT NULL,
  state       TEXT    NOT NULL CHECK (state IN ('open','proposed','upheld','dismissed')),
  proposal    TEXT    NOT NULL DEFAULT '' CHECK (proposal IN ('','uphold','dismiss')),
  proposed_by INTEGER NOT NULL DEFAULT 0,
  note        TEXT    NOT NULL DEFAULT '', -- the decision in words
  decided_by  INTEGER NOT NULL DEFAULT 0, -- the second pair of eyes
  decided_at  INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (zone, id),
  FOREIGN KEY (zone, award) REFERENCES awards (zone, id),
  CHECK (decided_by = 0 OR decided_by <> proposed_by)
) STRICT, WITHOUT ROWID;

CREATE INDEX objections_award ON objections (zone, award, id);

CREATE TABLE openings (
  opening INTEGER NOT NULL PRIMARY KEY,
  at      INTEGER NOT NULL,
  mark    INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE overlays (
  zone       INTEGER NOT NULL REFERENCES zones(zone),
  id         TEXT    NOT NULL,
  kind       TEXT    NOT NULL,
  name_zh    TEXT    NOT NULL,
  name_en    TEXT    NOT NULL DEFAULT '',
  areas      TEXT    NOT NULL DEFAULT '[]', -- JSON list of area codes
  shape      TEXT    NOT NULL DEFAULT '',
  note       TEXT    NOT NULL DEFAULT '',
  valid_from INTEGER NOT NULL,
  valid_to   INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (zone, id, valid_from)
) STRICT, WITHOUT ROWID;

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

CREATE INDEX payouts_code ON payouts (zone, code, id);

CREATE INDEX payouts_grant ON payouts (zone, grant_id, id) WHERE grant_id <> 0;

CREATE INDEX payouts_import ON payouts (zone, import, id) WHERE import <> 0;

CREATE INDEX payouts_month ON payouts (zone, month, id);

CREATE UNIQUE INDEX payouts_undoes ON payouts (zone, undoes) WHERE undoes <> 0;

CREATE TABLE people (
  zone       INTEGER NOT NULL REFERENCES zones(zone),
  id         INTEGER NOT NULL,
  kind       TEXT    NOT NULL CHECK (kind IN ('resident','staff')),
  name       BLOB    NOT NULL,            -- sealed
  phone      BLOB    NOT NULL,            -- sealed; empty when none
  phone_hash BLOB,                        -- keyed hash of the normalised number; null when none
  area       TEXT    NOT NULL DEFAULT '', -- where a resident lives, as far as told
  synthetic  INTEGER NOT NULL DEFAULT 0 CHECK (synthetic IN (0,1)),
  created_at INTEGER NOT NULL,
  erased_at  INTEGER NOT NULL DEFAULT 0, left_at INTEGER NOT NULL DEFAULT 0, left_why TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (zone, id)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX people_phone ON people (zone, kind, phone_hash) WHERE phone_hash IS NOT NULL;

CREATE TABLE person_marks (                -- what somebody is entered as: rules may be for volunteers or riders only
  zone      INTEGER NOT NULL,
  person    INTEGER NOT NULL,
  kind      TEXT    NOT NULL CHECK (kind IN ('party_member','volunteer','rider')),
  from_at   INTEGER NOT NULL,
  to_at     INTEGER NOT NULL DEFAULT 0 CHECK (to_at = 0 OR to_at >= from_at),
  by_person INTEGER NOT NULL,
  PRIMARY KEY (zone, person, kind, from_at),
  FOREIGN KEY (zone, person) REFERENCES people (zone, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE phone_codes (                 -- one-time codes sent to a phone
  zone       INTEGER NOT NULL,
  phone_hash BLOB    NOT NULL,
  code_hash  BLOB    NOT NULL,
  sent_at    INTEGER NOT NULL,
  tries      INTEGER NOT NULL DEFAULT 0,
  sent_today INTEGER NOT NULL DEFAULT 1,
  PRIMARY KEY (zone, phone_hash)
) STRICT, WITHOUT ROWID;

CREATE TABLE photos (
  zone     INTEGER NOT NULL,
  id       INTEGER NOT NULL,
  case_id  INTEGER NOT NULL DEFAULT 0,    -- 0 until the case exists
  by_person INTEGER NOT NULL,
  at       INTEGER NOT NULL,
  width    INTEGER NOT NULL,
  height   INTEGER NOT NULL,
  sha256   BLOB    NOT NULL,
  dhash    INTEGER NOT NULL,
  full_jpeg  BLOB  NOT NULL,              -- re-encoded, without EXIF
  thumb_jpeg BLOB  NOT NULL, entry INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (zone, id)
) STRICT;

CREATE INDEX photos_case ON photos (zone, case_id) WHERE case_id <> 0;

CREATE INDEX photos_sha ON photos (zone, sha256);

CREATE TABLE profile_counts (              -- one row a zone
  zone        INTEGER NOT NULL PRIMARY KEY REFERENCES zones(zone),
  enterprises INTEGER NOT NULL,            -- how many there are: the next place
  revision    INTEGER NOT NULL             -- grows with every command that changes profiles
) STRICT;

CREATE TABLE profile_pages (               -- what counts of the statements, 256 enterprises a row: made from them, for reading all
  zone  INTEGER NOT NULL,
  page  INTEGER NOT NULL,                  -- place / 256
  body  BLOB    NOT NULL,
  PRIMARY KEY (zone, page)
) STRICT;

CREATE TABLE rebuilt (
  zone INTEGER NOT NULL,
  name TEXT    NOT NULL,
  at   INTEGER NOT NULL,
  PRIMARY KEY (zone, name)
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
  settlement  TEXT    NOT NULL DEFAULT '', entry   INTEGER NOT NULL DEFAULT 0, entries INTEGER NOT NULL DEFAULT 0, -- number of the statement it was settled with
  PRIMARY KEY (zone, id),
  FOREIGN KEY (zone, reward) REFERENCES rewards (zone, id),
  CHECK ((state = 'reserved') = (done_at = 0))
) STRICT, WITHOUT ROWID;

CREATE INDEX redemptions_code ON redemptions (zone, code_hash);

CREATE INDEX redemptions_done ON redemptions (zone, done_at) WHERE state = 'collected';

CREATE UNIQUE INDEX redemptions_open ON redemptions (zone, code_hash) WHERE state = 'reserved';

CREATE INDEX redemptions_person ON redemptions (zone, person, id);

CREATE INDEX redemptions_place ON redemptions (zone, place, id);

CREATE INDEX redemptions_reward ON redemptions (zone, reward, person);

CREATE INDEX redemptions_sponsor ON redemptions (zone, sponsor, done_at) WHERE sponsor <> 0 AND state = 'collected';

CREATE INDEX redemptions_until ON redemptions (zone, until) WHERE state = 'reserved';

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
  revision  INTEGER NOT NULL, entry   INTEGER NOT NULL DEFAULT 0, entries INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (zone, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX rewards_area ON rewards (zone, area, id);

CREATE TABLE routes (
  zone   INTEGER NOT NULL REFERENCES zones(zone),
  id     INTEGER NOT NULL,
  matter TEXT    NOT NULL DEFAULT '',     -- prefix of the matter code
  area   TEXT    NOT NULL DEFAULT '',     -- prefix of the area code
  stage  TEXT    NOT NULL DEFAULT '',     -- '' means any
  mode   TEXT    NOT NULL DEFAULT '',     -- '' peacetime, 'emergency'
  owner  TEXT    NOT NULL,                -- unit:CODE or role@level
  note   TEXT    NOT NULL DEFAULT '',
  PRIMARY KEY (zone, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE saved_views (
  zone   INTEGER NOT NULL,
  person INTEGER NOT NULL,
  name   TEXT    NOT NULL,
  query  TEXT    NOT NULL,
  at     INTEGER NOT NULL,
  PRIMARY KEY (zone, person, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE sessions (
  token  TEXT    NOT NULL PRIMARY KEY,    -- SHA-256 of the cookie's token
  data   BLOB    NOT NULL,
  expiry INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX sessions_expiry ON sessions (expiry);

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
  by_person INTEGER NOT NULL, entry   INTEGER NOT NULL DEFAULT 0, entries INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (zone, number),
  FOREIGN KEY (zone, sponsor) REFERENCES sponsors (zone, id)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX settlements_month ON settlements (zone, sponsor, month);

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
  settlement TEXT    NOT NULL DEFAULT '', entry   INTEGER NOT NULL DEFAULT 0, entries INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (zone, id),
  FOREIGN KEY (zone, sponsor) REFERENCES sponsors (zone, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX sponsor_gifts_sponsor ON sponsor_gifts (zone, sponsor, id);

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
  revision  INTEGER NOT NULL, entry   INTEGER NOT NULL DEFAULT 0, entries INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (zone, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE staff (
  zone         INTEGER NOT NULL,
  person       INTEGER NOT NULL,
  login        TEXT    NOT NULL,
  password     TEXT    NOT NULL,          -- argon2id, PHC string
  totp         BLOB    NOT NULL,          -- sealed secret; empty when not set up
  totp_step    INTEGER NOT NULL DEFAULT 0,-- last time step used, so that a code works once
  failures     INTEGER NOT NULL DEFAULT 0,
  locked_until INTEGER NOT NULL DEFAULT 0,
  disabled_at  INTEGER NOT NULL DEFAULT 0,
  must_change  INTEGER NOT NULL DEFAULT 0 CHECK (must_change IN (0,1)),
  PRIMARY KEY (zone, person),
  FOREIGN KEY (zone, person) REFERENCES people (zone, id)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX staff_login ON staff (zone, login);

CREATE TABLE station_people (              -- no tracks, no shifts: who belongs to a station, by their own consent
  zone      INTEGER NOT NULL,
  person    INTEGER NOT NULL,
  station   INTEGER NOT NULL,
  from_at   INTEGER NOT NULL,             -- when the person agreed
  to_at     INTEGER NOT NULL DEFAULT 0 CHECK (to_at = 0 OR to_at >= from_at),
  PRIMARY KEY (zone, person, from_at),
  FOREIGN KEY (zone, station) REFERENCES stations (zone, id),
  FOREIGN KEY (zone, person) REFERENCES people (zone, id)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX station_people_now ON station_people (zone, person) WHERE to_at = 0;

CREATE INDEX station_people_station ON station_people (zone, station, from_at);

CREATE TABLE stations (                    -- of delivery platforms, whose riders report and help
  zone      INTEGER NOT NULL REFERENCES zones(zone),
  id        INTEGER NOT NULL,
  platform  TEXT    NOT NULL,
  name      TEXT    NOT NULL,
  area      TEXT    NOT NULL,
  code      TEXT    NOT NULL,             -- shown at the station; who has it can join
  at        INTEGER NOT NULL,
  by_person INTEGER NOT NULL,
  closed_at INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (zone, id)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX stations_code ON stations (zone, code);

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

CREATE UNIQUE INDEX transfers_id ON transfers (zone, id);

CREATE UNIQUE INDEX transfers_reverses ON transfers (zone, reverses) WHERE reverses <> '';

CREATE TABLE units (
  zone       INTEGER NOT NULL REFERENCES zones(zone),
  code       TEXT    NOT NULL,
  name_zh    TEXT    NOT NULL,
  name_en    TEXT    NOT NULL,
  kind       TEXT    NOT NULL DEFAULT '',
  area       TEXT    NOT NULL,
  example    INTEGER NOT NULL DEFAULT 0 CHECK (example IN (0,1)),
  valid_from INTEGER NOT NULL,
  valid_to   INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (zone, code)
) STRICT, WITHOUT ROWID;

CREATE TABLE volunteers (                  -- who has registered to help
  zone      INTEGER NOT NULL,
  person    INTEGER NOT NULL,
  area      TEXT    NOT NULL,             -- the community they want to help in
  skills    TEXT    NOT NULL DEFAULT '',  -- in their own words
  from_at   INTEGER NOT NULL,
  to_at     INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (zone, person),
  FOREIGN KEY (zone, person) REFERENCES people (zone, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX volunteers_area ON volunteers (zone, area) WHERE to_at = 0;

CREATE TABLE webhook_outbox (               -- written in the transaction of what it tells of
  zone     INTEGER NOT NULL,
  id       INTEGER NOT NULL,                -- grows with time: the order of sending
  webhook  INTEGER NOT NULL,
  event    TEXT    NOT NULL,                -- id by which the receiver knows a notice that came twice
  kind     TEXT    NOT NULL,
  body     TEXT    NOT NULL,                -- JSON as sent
  at       INTEGER NOT NULL,                -- when it was written
  since    INTEGER NOT NULL,                -- since when it has been tried to send it: at, or when somebody sent it again
  tries    INTEGER NOT NULL DEFAULT 0,
  next_at  INTEGER NOT NULL,                -- not before; while a try goes on, when it counts as lost
  done_at  INTEGER NOT NULL DEFAULT 0,      -- when the receiver took it
  lost_at  INTEGER NOT NULL DEFAULT 0,      -- when it was given up
  status   INTEGER NOT NULL DEFAULT 0,      -- of the last answer; 0 when there was none
  failure  TEXT    NOT NULL DEFAULT '',     -- why the last try failed: status, timeout, address, tls, connect
  detail   TEXT    NOT NULL DEFAULT '',
  PRIMARY KEY (zone, id),
  FOREIGN KEY (zone, webhook) REFERENCES webhooks (zone, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX webhook_outbox_all ON webhook_outbox (zone, webhook, id);

CREATE INDEX webhook_outbox_open ON webhook_outbox (zone, webhook, id) WHERE done_at = 0 AND lost_at = 0;

CREATE INDEX webhook_outbox_over ON webhook_outbox (zone, at) WHERE done_at <> 0 OR lost_at <> 0;

CREATE TABLE webhooks (
  zone        INTEGER NOT NULL,
  id          INTEGER NOT NULL CHECK (id > 0), -- 1, 2, 3 … within the zone
  name        TEXT    NOT NULL,               -- which system receives
  url         TEXT    NOT NULL,
  secret      BLOB    NOT NULL,               -- sealed; signs what is sent
  kinds       TEXT    NOT NULL,               -- JSON list of what it is told of: case.moved, case.closed …
  created_at  INTEGER NOT NULL,
  created_by  INTEGER NOT NULL,
  disabled_at INTEGER NOT NULL DEFAULT 0,     -- since when it is paused; 0 while it runs
  PRIMARY KEY (zone, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE works (                       -- long work that goes in steps and can be taken up again
  zone      INTEGER NOT NULL REFERENCES zones(zone),
  id        INTEGER NOT NULL,
  kind      TEXT    NOT NULL,
  note      TEXT    NOT NULL,
  total     INTEGER NOT NULL,
  made      INTEGER NOT NULL DEFAULT 0,
  changed   INTEGER NOT NULL DEFAULT 0,
  position  INTEGER NOT NULL DEFAULT 0,   -- id of the last case done
  at        INTEGER NOT NULL,
  by_person INTEGER NOT NULL,
  done_at   INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (zone, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE zones (
  zone      INTEGER NOT NULL PRIMARY KEY CHECK (zone BETWEEN 110000 AND 999999),
  slug      TEXT    NOT NULL UNIQUE,
  name_zh   TEXT    NOT NULL,
  name_en   TEXT    NOT NULL,
  hours     TEXT    NOT NULL,             -- working hours, 09:00-12:00,13:30-17:30
  demo      INTEGER NOT NULL DEFAULT 0 CHECK (demo IN (0,1)),
  revision  INTEGER NOT NULL DEFAULT 1,   -- grows when areas, routes, posts, calendar or procedures change
  log_key   TEXT    NOT NULL DEFAULT ''
) STRICT;
