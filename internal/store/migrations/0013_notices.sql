-- +goose Up
-- A message leads to what it is about.

ALTER TABLE notices ADD COLUMN about INTEGER NOT NULL DEFAULT 0; -- id of the award, activity or redemption, by kind

-- +goose Down
ALTER TABLE notices DROP COLUMN about;
