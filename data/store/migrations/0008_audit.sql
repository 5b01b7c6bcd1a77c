-- +goose Up
-- Each line of the audit log of a city names the one before by its hash, so that a line that was changed, taken out or put
-- elsewhere is found. Lines from before this step have the number 0 and are outside the chain.
ALTER TABLE audit ADD COLUMN seq BIGINT NOT NULL DEFAULT 0;
ALTER TABLE audit ADD COLUMN hash TEXT NOT NULL DEFAULT '';
CREATE UNIQUE INDEX audit_seq ON audit (city_id, seq) WHERE seq > 0;
