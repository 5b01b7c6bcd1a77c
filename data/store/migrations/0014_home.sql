-- +goose Up
-- Where a reviewer lives or works: a city that this person never reviews. It makes nobody one of the city's people.
ALTER TABLE account ADD COLUMN home_city TEXT NOT NULL DEFAULT '';
