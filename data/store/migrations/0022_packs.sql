-- +goose Up
-- What is set for a country: who holds which power by its law, and what its words mean. Each change is a new revision of the
-- whole; the earlier ones stay. A city has only what was applied to it, as ordinary powers.
CREATE TABLE pack (
    country    TEXT NOT NULL,
    instrument TEXT NOT NULL, -- code without version
    revision   INTEGER NOT NULL, -- from 1
    by_account TEXT NOT NULL,
    by_role    TEXT NOT NULL,
    at         TIMESTAMP NOT NULL,
    PRIMARY KEY (country, instrument, revision)
);

CREATE TABLE pack_power (
    country    TEXT NOT NULL,
    instrument TEXT NOT NULL,
    revision   INTEGER NOT NULL,
    indicator  TEXT NOT NULL,
    holder     TEXT NOT NULL,
    citation   TEXT NOT NULL,
    PRIMARY KEY (country, instrument, revision, indicator),
    FOREIGN KEY (country, instrument, revision) REFERENCES pack (country, instrument, revision)
);

CREATE TABLE pack_term (
    country    TEXT NOT NULL,
    instrument TEXT NOT NULL,
    revision   INTEGER NOT NULL,
    language   TEXT NOT NULL,
    term       TEXT NOT NULL,
    meaning    TEXT NOT NULL,
    PRIMARY KEY (country, instrument, revision, language, term),
    FOREIGN KEY (country, instrument, revision) REFERENCES pack (country, instrument, revision)
);
