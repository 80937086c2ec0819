-- +goose Up
-- Which phases are those of a confidential case, so that a funnel leaves them out for whoever may not see it.
ALTER TABLE case_phases ADD COLUMN sealed INTEGER NOT NULL DEFAULT 0 CHECK (sealed IN (0,1));

UPDATE case_phases SET sealed = 1 WHERE EXISTS (SELECT 1 FROM cases c WHERE c.zone = case_phases.zone AND c.id = case_phases.case_id AND c.sealed <> '');

DROP INDEX case_phases_sum;

CREATE INDEX case_phases_sum ON case_phases (zone, procedure, version, phase, mark, sealed, amount, at);
