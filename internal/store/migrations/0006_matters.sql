-- +goose Up
-- Lists of one kind of matter go down its own ids; a rare kind is not met often among all of them.
CREATE INDEX cases_matter ON cases (zone, matter, id);

-- +goose Down
DROP INDEX cases_matter;
