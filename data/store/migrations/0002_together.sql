-- +goose Up
-- People of a city work together: who they are, which parts are theirs, what they say to each other, what proves their answers.

-- former numbers the people of a city who were erased; mail says how often a person wants letters: each, daily, weekly, off.
ALTER TABLE account ADD COLUMN department TEXT NOT NULL DEFAULT '';
ALTER TABLE account ADD COLUMN mail TEXT NOT NULL DEFAULT 'weekly';
ALTER TABLE account ADD COLUMN mailed TIMESTAMP;
ALTER TABLE account ADD COLUMN former INTEGER NOT NULL DEFAULT 0;
-- The second factor: the sealed secret (empty: none), and the last time step that was used, so that no code counts twice.
ALTER TABLE account ADD COLUMN totp TEXT NOT NULL DEFAULT '';
ALTER TABLE account ADD COLUMN totp_step BIGINT NOT NULL DEFAULT 0;

CREATE TABLE recovery_code (
    account_id TEXT NOT NULL REFERENCES account (id),
    hash       TEXT NOT NULL,
    used       TIMESTAMP,
    PRIMARY KEY (account_id, hash)
);

-- An account of an organisation (OpenID Connect) that signs in as an account of ours.
CREATE TABLE identity (
    issuer     TEXT NOT NULL,
    subject    TEXT NOT NULL,
    account_id TEXT NOT NULL REFERENCES account (id),
    created    TIMESTAMP NOT NULL,
    PRIMARY KEY (issuer, subject)
);
CREATE INDEX identity_account ON identity (account_id);

-- purpose: invite (7 days) or reset (30 minutes).
ALTER TABLE link ADD COLUMN purpose TEXT NOT NULL DEFAULT 'invite';
ALTER TABLE link ADD COLUMN by_account TEXT NOT NULL DEFAULT '';
ALTER TABLE link ADD COLUMN by_role TEXT NOT NULL DEFAULT '';

-- Whose session it is, so that people can list and end their own.
ALTER TABLE session ADD COLUMN account_id TEXT NOT NULL DEFAULT '';
ALTER TABLE session ADD COLUMN begun TIMESTAMP;
ALTER TABLE session ADD COLUMN seen TIMESTAMP;
ALTER TABLE session ADD COLUMN own BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE session ADD COLUMN device TEXT NOT NULL DEFAULT '';
CREATE INDEX session_account ON session (account_id);

-- beside counts the changes of everything that stands beside the answers: parts, conversations, evidence, team.
ALTER TABLE assessment ADD COLUMN beside BIGINT NOT NULL DEFAULT 0;

-- A dimension, a sub-category or an indicator that somebody, or a department, is asked to answer.
CREATE TABLE part (
    city_id       TEXT NOT NULL,
    assessment_id TEXT NOT NULL,
    id            TEXT NOT NULL,
    ref           TEXT NOT NULL,
    account_id    TEXT NOT NULL,
    department    TEXT NOT NULL,
    due           TIMESTAMP,
    note          TEXT NOT NULL,
    opened        TIMESTAMP,
    by_account    TEXT NOT NULL,
    by_role       TEXT NOT NULL,
    at            TIMESTAMP NOT NULL,
    PRIMARY KEY (city_id, assessment_id, id),
    UNIQUE (city_id, assessment_id, ref),
    FOREIGN KEY (city_id, assessment_id) REFERENCES assessment (city_id, id)
);

CREATE TABLE thread (
    city_id       TEXT NOT NULL,
    assessment_id TEXT NOT NULL,
    id            TEXT NOT NULL,
    indicator     TEXT NOT NULL,
    shared        BOOLEAN NOT NULL,
    resolved      TIMESTAMP,
    resolved_by   TEXT NOT NULL,
    by_account    TEXT NOT NULL,
    by_role       TEXT NOT NULL,
    at            TIMESTAMP NOT NULL,
    PRIMARY KEY (city_id, assessment_id, id),
    FOREIGN KEY (city_id, assessment_id) REFERENCES assessment (city_id, id)
);

CREATE TABLE post (
    city_id       TEXT NOT NULL,
    assessment_id TEXT NOT NULL,
    thread_id     TEXT NOT NULL,
    id            TEXT NOT NULL,
    body          TEXT NOT NULL,
    mentions      TEXT NOT NULL, -- ids of accounts, joined by a comma
    by_account    TEXT NOT NULL,
    by_role       TEXT NOT NULL,
    at            TIMESTAMP NOT NULL,
    PRIMARY KEY (city_id, assessment_id, thread_id, id),
    FOREIGN KEY (city_id, assessment_id, thread_id) REFERENCES thread (city_id, assessment_id, id)
);

-- Who has a section open. A hint that fades, never a lock.
CREATE TABLE presence (
    city_id       TEXT NOT NULL,
    assessment_id TEXT NOT NULL,
    account_id    TEXT NOT NULL,
    section       TEXT NOT NULL,
    seen          TIMESTAMP NOT NULL,
    PRIMARY KEY (city_id, assessment_id, account_id)
);

-- The library of a city: one piece of evidence supports many answers.
CREATE TABLE evidence (
    city_id    TEXT NOT NULL REFERENCES city (id),
    id         TEXT NOT NULL,
    kind       TEXT NOT NULL, -- file or link
    title      TEXT NOT NULL,
    note       TEXT NOT NULL,
    expires    TIMESTAMP,
    revision   INTEGER NOT NULL, -- the one that counts
    removed    TIMESTAMP,
    removed_by TEXT NOT NULL,
    by_account TEXT NOT NULL,
    by_role    TEXT NOT NULL,
    at         TIMESTAMP NOT NULL,
    PRIMARY KEY (city_id, id)
);

CREATE TABLE evidence_revision (
    city_id     TEXT NOT NULL,
    evidence_id TEXT NOT NULL,
    revision    INTEGER NOT NULL,
    url         TEXT NOT NULL, -- of a link
    name        TEXT NOT NULL, -- of a file
    media       TEXT NOT NULL,
    size        BIGINT NOT NULL, -- bytes
    sha256      TEXT NOT NULL,
    by_account  TEXT NOT NULL,
    by_role     TEXT NOT NULL,
    at          TIMESTAMP NOT NULL,
    PRIMARY KEY (city_id, evidence_id, revision),
    FOREIGN KEY (city_id, evidence_id) REFERENCES evidence (city_id, id)
);
CREATE INDEX evidence_sha256 ON evidence_revision (city_id, sha256);

-- The content of a file, in pieces, kept once for each city.
CREATE TABLE blob (
    city_id TEXT NOT NULL,
    sha256  TEXT NOT NULL,
    piece   INTEGER NOT NULL,
    data    BYTEA NOT NULL,
    PRIMARY KEY (city_id, sha256, piece)
);

CREATE TABLE citation (
    city_id       TEXT NOT NULL,
    assessment_id TEXT NOT NULL,
    indicator     TEXT NOT NULL,
    evidence_id   TEXT NOT NULL,
    passage       TEXT NOT NULL, -- page or passage
    by_account    TEXT NOT NULL,
    by_role       TEXT NOT NULL,
    at            TIMESTAMP NOT NULL,
    PRIMARY KEY (city_id, assessment_id, indicator, evidence_id),
    FOREIGN KEY (city_id, assessment_id) REFERENCES assessment (city_id, id),
    FOREIGN KEY (city_id, evidence_id) REFERENCES evidence (city_id, id)
);

-- What somebody from outside said of an answer at one of its versions: verified or challenged. The newest counts.
CREATE TABLE verdict (
    city_id       TEXT NOT NULL,
    assessment_id TEXT NOT NULL,
    indicator     TEXT NOT NULL,
    id            TEXT NOT NULL,
    verdict       TEXT NOT NULL,
    version       INTEGER NOT NULL,
    reason        TEXT NOT NULL,
    by_account    TEXT NOT NULL,
    by_role       TEXT NOT NULL,
    at            TIMESTAMP NOT NULL,
    PRIMARY KEY (city_id, assessment_id, indicator, id),
    FOREIGN KEY (city_id, assessment_id) REFERENCES assessment (city_id, id)
);

-- An approver's consent to hand in what the revision log amounts to at seq.
CREATE TABLE sign_off (
    city_id       TEXT NOT NULL,
    assessment_id TEXT NOT NULL,
    seq           BIGINT NOT NULL,
    by_account    TEXT NOT NULL,
    by_role       TEXT NOT NULL,
    at            TIMESTAMP NOT NULL,
    PRIMARY KEY (city_id, assessment_id, seq, by_account),
    FOREIGN KEY (city_id, assessment_id) REFERENCES assessment (city_id, id)
);

-- What a person should know.
CREATE TABLE notice (
    account_id TEXT NOT NULL REFERENCES account (id),
    id         TEXT NOT NULL,
    city_id    TEXT NOT NULL,
    kind       TEXT NOT NULL,
    args       TEXT NOT NULL, -- JSON, texts by name
    href       TEXT NOT NULL,
    at         TIMESTAMP NOT NULL,
    seen       TIMESTAMP,
    PRIMARY KEY (account_id, id)
);

-- Letters that wait to be sent, written in the transaction of what they tell of. They hold no secret and no answer: a link
-- is made when the letter is sent.
CREATE TABLE letter (
    id         TEXT NOT NULL PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES account (id),
    kind       TEXT NOT NULL,
    args       TEXT NOT NULL,
    href       TEXT NOT NULL,
    at         TIMESTAMP NOT NULL,
    due        TIMESTAMP NOT NULL, -- not before
    attempts   INTEGER NOT NULL,
    claimed    TIMESTAMP,
    sent       TIMESTAMP,
    given_up   TIMESTAMP
);
CREATE INDEX letter_due ON letter (due);
