-- +goose Up
-- What national texts say of the subjects of indicators. Each change is a new revision; what is published stays so until another revision takes its place.
CREATE TABLE statement (
    id         TEXT PRIMARY KEY,
    country    TEXT NOT NULL,
    instrument TEXT NOT NULL, -- code without version
    revision   INTEGER NOT NULL, -- the newest, from 1
    published  INTEGER NOT NULL -- the revision that others read; 0 for none
);
CREATE INDEX statement_country ON statement (country, instrument);

CREATE TABLE statement_revision (
    statement_id TEXT NOT NULL REFERENCES statement (id),
    revision     INTEGER NOT NULL,
    indicator    TEXT NOT NULL,
    says         TEXT NOT NULL, -- in_place, partly, not_in_place
    text         TEXT NOT NULL,
    source       TEXT NOT NULL, -- empty only in a draft
    url          TEXT NOT NULL,
    dated        TIMESTAMP, -- of the paper, at midnight UTC; null only in a draft
    language     TEXT NOT NULL, -- of the text
    by_account   TEXT NOT NULL,
    by_role      TEXT NOT NULL,
    at           TIMESTAMP NOT NULL,
    PRIMARY KEY (statement_id, revision)
);
