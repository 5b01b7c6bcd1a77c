-- +goose Up
-- How many notices of the inbox are unread. It stands with the account, which every request reads anyway.
ALTER TABLE account ADD COLUMN unread INTEGER NOT NULL DEFAULT 0;
