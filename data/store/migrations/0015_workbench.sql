-- +goose Up
-- What peer groups of cities are made from. A city whose figures nobody has given has '' and 0.
ALTER TABLE city ADD COLUMN region TEXT NOT NULL DEFAULT ''; -- UN M49 code of the sub-region, such as 015
ALTER TABLE city ADD COLUMN locode TEXT NOT NULL DEFAULT ''; -- UN/LOCODE, such as GHACC
ALTER TABLE city ADD COLUMN population BIGINT NOT NULL DEFAULT 0; -- residents
ALTER TABLE city ADD COLUMN roles TEXT NOT NULL DEFAULT ''; -- in migration, joined by a comma: origin, transit, destination, return, displacement
ALTER TABLE city ADD COLUMN income TEXT NOT NULL DEFAULT ''; -- of the country: low, lower_middle, upper_middle, high

ALTER TABLE round ADD COLUMN opens TIMESTAMP; -- the first day, at midnight UTC
ALTER TABLE round ADD COLUMN languages TEXT NOT NULL DEFAULT ''; -- in which the round is held, joined by a comma; '' for all

-- Every step of an assessment (see the state machine) and every change of a consent takes the next number of its round, so that a
-- comparison held in memory is brought up to date by reading only what has moved since.
ALTER TABLE round ADD COLUMN moved BIGINT NOT NULL DEFAULT 0;
ALTER TABLE assessment ADD COLUMN moved BIGINT NOT NULL DEFAULT 0;
CREATE INDEX assessment_moved ON assessment (round_id, moved);
