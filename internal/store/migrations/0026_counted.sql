-- +goose Up
-- What pages count without reading cases: open ones by procedure, those that supervision has taken up, and stages. Grid
-- events, which are most of the cases and have pages of their own, are in the second only.
CREATE INDEX cases_open_kinds ON cases (zone, procedure, area, due_at, sealed, holder, reporter) WHERE closed_at = 0 AND procedure <> 'grid-event';
CREATE INDEX cases_warned ON cases (zone, level, due_at, id, procedure, version, holder, area, sealed, reporter, matter, stage) WHERE closed_at = 0 AND level > 0;
CREATE INDEX cases_stages ON cases (zone, procedure, area, stage) WHERE procedure <> 'grid-event';
