-- +goose Up
-- The days of the week on which a city is not reminded of anything: bit n is set for day n, Sunday is 0.
ALTER TABLE city ADD COLUMN rest_days INTEGER NOT NULL DEFAULT 0;
