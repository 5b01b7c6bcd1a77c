-- +goose Up
-- Each line of the audit log of a city names the one before by its hash, so that a line that was changed, taken out or put
-- elsewhere is found. Lines from before this step have numbers up to 0 and are outside the chain.
CREATE TABLE audit_chain (
    city_id TEXT NOT NULL,
    seq     BIGINT NOT NULL,
    id      TEXT NOT NULL,
    at      TIMESTAMP NOT NULL,
    account TEXT NOT NULL,
    role    TEXT NOT NULL,
    action  TEXT NOT NULL,
    subject TEXT NOT NULL,
    detail  TEXT NOT NULL,
    hash    TEXT NOT NULL,
    PRIMARY KEY (city_id, seq)
);
INSERT INTO audit_chain (city_id, seq, id, at, account, role, action, subject, detail, hash)
    SELECT city_id, 1 - ROW_NUMBER() OVER (PARTITION BY city_id ORDER BY id DESC), id, at, account, role, action, subject, detail, '' FROM audit;
DROP TABLE audit;
ALTER TABLE audit_chain RENAME TO audit;
