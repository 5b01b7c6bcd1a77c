-- +goose Up
-- The last stage of a part's due date that people were told of, and why an approver did not consent.
ALTER TABLE part ADD COLUMN reminded TIMESTAMP;
ALTER TABLE sign_off ADD COLUMN refused BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE sign_off ADD COLUMN reason TEXT NOT NULL DEFAULT '';
