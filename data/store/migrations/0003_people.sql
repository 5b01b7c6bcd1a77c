-- +goose Up
-- When an account was ended: what somebody sends within a day of that is still kept for the colleagues.
ALTER TABLE account ADD COLUMN ended TIMESTAMP;
