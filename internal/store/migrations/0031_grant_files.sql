-- +goose Up
-- Documents of applications for what enterprises get. They belong to the grant's record, and nothing of them changes once it names them.
ALTER TABLE files ADD COLUMN grant_id INTEGER NOT NULL DEFAULT 0; -- 0 until an application names it
ALTER TABLE files ADD COLUMN material TEXT NOT NULL DEFAULT ''; -- which of the item's materials it is, as its Chinese text had it then

DROP INDEX files_loose;
DROP INDEX files_loose_person;
CREATE INDEX files_loose ON files (zone, at) WHERE case_id = 0 AND grant_id = 0;
CREATE INDEX files_loose_person ON files (zone, by_person) WHERE case_id = 0 AND grant_id = 0;
CREATE INDEX files_grant ON files (zone, grant_id);
