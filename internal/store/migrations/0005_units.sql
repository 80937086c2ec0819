-- +goose Up
-- A case that comes to another unit is indexed anew under every unit it was ever with.
CREATE INDEX case_units_case ON case_units (zone, case_id);
-- Maps and counts ask for what is open in an area.
CREATE INDEX cases_open_area ON cases (zone, area) WHERE closed_at = 0;

-- +goose Down
DROP INDEX cases_open_area;
DROP INDEX case_units_case;
