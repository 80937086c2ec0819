-- +goose Up
-- Evaluation asks for the cases closed within a period; without this it reads all there ever were.
CREATE INDEX cases_closed ON cases (zone, closed_at) WHERE closed_at <> 0;

-- +goose Down
DROP INDEX cases_closed;
