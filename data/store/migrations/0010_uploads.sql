-- +goose Up
-- A file of evidence on its way in chunks. It belongs to one account; what it has become stands in evidence_id.
CREATE TABLE upload (
    city_id     TEXT NOT NULL REFERENCES city (id),
    id          TEXT NOT NULL,
    account_id  TEXT NOT NULL,
    key         TEXT NOT NULL, -- what tells this file from others of the same person
    name        TEXT NOT NULL,
    size        BIGINT NOT NULL, -- bytes
    received    BIGINT NOT NULL, -- bytes, from the beginning
    evidence_id TEXT NOT NULL,
    seen        TIMESTAMP NOT NULL, -- when something of it came last
    PRIMARY KEY (city_id, id),
    UNIQUE (city_id, account_id, key)
);
CREATE INDEX upload_seen ON upload (seen);
CREATE TABLE upload_chunk (
    city_id   TEXT NOT NULL,
    upload_id TEXT NOT NULL,
    piece     INTEGER NOT NULL,
    data      BYTEA NOT NULL,
    PRIMARY KEY (city_id, upload_id, piece),
    FOREIGN KEY (city_id, upload_id) REFERENCES upload (city_id, id) ON DELETE CASCADE
);
