-- +goose Up
-- The number of the move with which a city was last taken out of a round: what was read before that still has it.
ALTER TABLE round ADD COLUMN taken BIGINT NOT NULL DEFAULT 0;
