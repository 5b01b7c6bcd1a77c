-- +goose Up
-- What a token may do at most (export, read, write or all), the round to which it is bound ('' for none), and its last use.
ALTER TABLE token ADD COLUMN id TEXT NOT NULL DEFAULT '';
ALTER TABLE token ADD COLUMN scope TEXT NOT NULL DEFAULT 'all';
ALTER TABLE token ADD COLUMN round_id TEXT NOT NULL DEFAULT '';
ALTER TABLE token ADD COLUMN used TIMESTAMP;
UPDATE token SET id = substr(hash, 1, 16);
CREATE INDEX token_account ON token (account_id);
