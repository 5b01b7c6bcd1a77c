-- +goose Up
CREATE TABLE property (
    name  TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
);

CREATE TABLE city (
    id        TEXT NOT NULL PRIMARY KEY,
    code      TEXT NOT NULL UNIQUE,
    name      TEXT NOT NULL,
    country   TEXT NOT NULL,
    fictional BOOLEAN NOT NULL,
    created   TIMESTAMP NOT NULL
);

CREATE TABLE instrument (
    code    TEXT NOT NULL,
    version TEXT NOT NULL,
    hash    TEXT NOT NULL,
    source  TEXT NOT NULL,
    created TIMESTAMP NOT NULL,
    PRIMARY KEY (code, version)
);

CREATE TABLE round (
    id         TEXT NOT NULL PRIMARY KEY,
    code       TEXT NOT NULL UNIQUE,
    title      TEXT NOT NULL,
    instrument TEXT NOT NULL,
    due        TIMESTAMP,
    published  BOOLEAN NOT NULL,
    created    TIMESTAMP NOT NULL
);

CREATE TABLE account (
    id       TEXT NOT NULL PRIMARY KEY,
    email    TEXT NOT NULL UNIQUE,
    name     TEXT NOT NULL,
    role     TEXT NOT NULL,
    city_id  TEXT REFERENCES city (id),
    language TEXT NOT NULL,
    password TEXT NOT NULL,
    noticed  TEXT NOT NULL,
    disabled BOOLEAN NOT NULL,
    created  TIMESTAMP NOT NULL
);

CREATE TABLE account_round (
    account_id TEXT NOT NULL REFERENCES account (id),
    round_id   TEXT NOT NULL REFERENCES round (id),
    PRIMARY KEY (account_id, round_id)
);

CREATE TABLE link (
    hash       TEXT NOT NULL PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES account (id),
    expires    TIMESTAMP NOT NULL,
    used       TIMESTAMP
);
CREATE INDEX link_account ON link (account_id);

CREATE TABLE token (
    hash       TEXT NOT NULL PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES account (id),
    name       TEXT NOT NULL,
    expires    TIMESTAMP NOT NULL,
    created    TIMESTAMP NOT NULL
);

CREATE TABLE session (
    hash    TEXT NOT NULL PRIMARY KEY,
    data    BYTEA NOT NULL,
    expires TIMESTAMP NOT NULL
);
CREATE INDEX session_expires ON session (expires);

CREATE TABLE sign_in_failure (
    key TEXT NOT NULL,
    at  TIMESTAMP NOT NULL
);
CREATE INDEX sign_in_failure_key ON sign_in_failure (key, at);
CREATE INDEX sign_in_failure_at ON sign_in_failure (at);

CREATE TABLE assessment (
    city_id      TEXT NOT NULL REFERENCES city (id),
    id           TEXT NOT NULL UNIQUE,
    round_id     TEXT NOT NULL REFERENCES round (id),
    perspective  TEXT NOT NULL,
    handed_in    TIMESTAMP,
    handed_in_by TEXT NOT NULL,
    created      TIMESTAMP NOT NULL,
    PRIMARY KEY (city_id, id),
    UNIQUE (round_id, city_id, perspective)
);

-- One row per assessment, moved in the transaction of each save: the next number of the revision log, the compact marks
-- from which the numbers follow, and the numbers.
CREATE TABLE score (
    city_id       TEXT NOT NULL,
    assessment_id TEXT NOT NULL,
    seq           BIGINT NOT NULL,
    method        TEXT NOT NULL,
    marks         BYTEA NOT NULL,
    numbers       BYTEA NOT NULL,
    answered      INTEGER NOT NULL,
    settled       INTEGER NOT NULL,
    changed       TIMESTAMP,
    PRIMARY KEY (city_id, assessment_id),
    FOREIGN KEY (city_id, assessment_id) REFERENCES assessment (city_id, id)
);

CREATE TABLE answer (
    city_id             TEXT NOT NULL,
    assessment_id       TEXT NOT NULL,
    indicator           TEXT NOT NULL,
    version             INTEGER NOT NULL,
    value               TEXT NOT NULL,
    non_answer          TEXT NOT NULL,
    explanation         TEXT NOT NULL,
    evidence            TEXT NOT NULL,
    confidence          TEXT NOT NULL,
    earlier             TEXT NOT NULL,
    changed_value       INTEGER NOT NULL,
    changed_explanation INTEGER NOT NULL,
    changed_evidence    INTEGER NOT NULL,
    changed_confidence  INTEGER NOT NULL,
    by_account          TEXT NOT NULL,
    by_role             TEXT NOT NULL,
    at                  TIMESTAMP NOT NULL,
    PRIMARY KEY (city_id, assessment_id, indicator),
    FOREIGN KEY (city_id, assessment_id) REFERENCES assessment (city_id, id)
);

CREATE TABLE power (
    city_id       TEXT NOT NULL,
    assessment_id TEXT NOT NULL,
    indicator     TEXT NOT NULL,
    version       INTEGER NOT NULL,
    holder        TEXT NOT NULL,
    reason        TEXT NOT NULL,
    by_account    TEXT NOT NULL,
    by_role       TEXT NOT NULL,
    at            TIMESTAMP NOT NULL,
    PRIMARY KEY (city_id, assessment_id, indicator),
    FOREIGN KEY (city_id, assessment_id) REFERENCES assessment (city_id, id)
);

-- Append-only. Every accepted mutation of an answer and every change of a power has one row; answer and power can be rebuilt from it.
CREATE TABLE revision (
    city_id       TEXT NOT NULL,
    assessment_id TEXT NOT NULL,
    seq           BIGINT NOT NULL,
    subject       TEXT NOT NULL,
    indicator     TEXT NOT NULL,
    mutation      TEXT,
    digest        TEXT NOT NULL,
    fields        INTEGER NOT NULL,
    conflict      INTEGER NOT NULL,
    base          INTEGER NOT NULL,
    version       INTEGER NOT NULL,
    value         TEXT NOT NULL,
    non_answer    TEXT NOT NULL,
    explanation   TEXT NOT NULL,
    evidence      TEXT NOT NULL,
    confidence    TEXT NOT NULL,
    holder        TEXT NOT NULL,
    reason        TEXT NOT NULL,
    source        TEXT NOT NULL,
    by_account    TEXT NOT NULL,
    by_role       TEXT NOT NULL,
    at            TIMESTAMP NOT NULL,
    PRIMARY KEY (city_id, assessment_id, seq),
    UNIQUE (city_id, mutation),
    FOREIGN KEY (city_id, assessment_id) REFERENCES assessment (city_id, id)
);

CREATE TABLE alternative (
    city_id       TEXT NOT NULL,
    assessment_id TEXT NOT NULL,
    id            TEXT NOT NULL,
    indicator     TEXT NOT NULL,
    fields        INTEGER NOT NULL,
    base          INTEGER NOT NULL,
    value         TEXT NOT NULL,
    non_answer    TEXT NOT NULL,
    explanation   TEXT NOT NULL,
    evidence      TEXT NOT NULL,
    confidence    TEXT NOT NULL,
    by_account    TEXT NOT NULL,
    by_role       TEXT NOT NULL,
    at            TIMESTAMP NOT NULL,
    settled       TIMESTAMP,
    PRIMARY KEY (city_id, assessment_id, id),
    FOREIGN KEY (city_id, assessment_id) REFERENCES assessment (city_id, id)
);

-- Who did what when, in the order of the ids; never an answer, an address or a token. The city is empty where none is concerned.
CREATE TABLE audit (
    city_id TEXT NOT NULL,
    id      TEXT NOT NULL,
    at      TIMESTAMP NOT NULL,
    account TEXT NOT NULL,
    role    TEXT NOT NULL,
    action  TEXT NOT NULL,
    subject TEXT NOT NULL,
    detail  TEXT NOT NULL,
    PRIMARY KEY (city_id, id)
);
