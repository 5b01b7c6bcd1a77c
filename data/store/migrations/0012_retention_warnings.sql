-- +goose Up
-- The moment at which an unfinished assessment ends by retention, of which people were warned, and how many days before.
ALTER TABLE assessment ADD COLUMN ends TIMESTAMP;
ALTER TABLE assessment ADD COLUMN warned INTEGER NOT NULL DEFAULT 0;
