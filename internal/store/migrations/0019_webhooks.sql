-- +goose Up
-- Addresses that receive notices of cases, and what waits to be sent to them.
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
