-- +goose Up
-- Awards, redemptions and what else describes the life of points are in the log too: one leaf for each change of a
-- record, see internal/store/records.go.
ALTER TABLE awards        ADD COLUMN entry   INTEGER NOT NULL DEFAULT 0; -- names the leaf of its last change; 0 when it has none, see log_state.records_since
ALTER TABLE awards        ADD COLUMN entries INTEGER NOT NULL DEFAULT 0; -- how many changes have a leaf
ALTER TABLE redemptions   ADD COLUMN entry   INTEGER NOT NULL DEFAULT 0;
ALTER TABLE redemptions   ADD COLUMN entries INTEGER NOT NULL DEFAULT 0;
ALTER TABLE rewards       ADD COLUMN entry   INTEGER NOT NULL DEFAULT 0;
ALTER TABLE rewards       ADD COLUMN entries INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sponsors      ADD COLUMN entry   INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sponsors      ADD COLUMN entries INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sponsor_gifts ADD COLUMN entry   INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sponsor_gifts ADD COLUMN entries INTEGER NOT NULL DEFAULT 0;
ALTER TABLE settlements   ADD COLUMN entry   INTEGER NOT NULL DEFAULT 0;
ALTER TABLE settlements   ADD COLUMN entries INTEGER NOT NULL DEFAULT 0;
ALTER TABLE allotments    ADD COLUMN entry   INTEGER NOT NULL DEFAULT 0;
ALTER TABLE allotments    ADD COLUMN entries INTEGER NOT NULL DEFAULT 0;
ALTER TABLE households    ADD COLUMN entry   INTEGER NOT NULL DEFAULT 0;
ALTER TABLE households    ADD COLUMN entries INTEGER NOT NULL DEFAULT 0;
ALTER TABLE activities    ADD COLUMN entry   INTEGER NOT NULL DEFAULT 0;
ALTER TABLE activities    ADD COLUMN entries INTEGER NOT NULL DEFAULT 0;
ALTER TABLE audit         ADD COLUMN entry   INTEGER NOT NULL DEFAULT 0;
ALTER TABLE audit         ADD COLUMN entries INTEGER NOT NULL DEFAULT 0;

ALTER TABLE log_state ADD COLUMN records_since INTEGER NOT NULL DEFAULT 0; -- every record made from then on has a leaf
-- +sqlite
UPDATE log_state SET records_since = CAST(1000 * unixepoch('subsec') AS INTEGER);
-- +postgres
UPDATE log_state SET records_since = CAST(1000 * extract(epoch FROM clock_timestamp()) AS INTEGER);
-- +end
