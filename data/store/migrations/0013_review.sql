-- +goose Up
-- From a draft to a published profile: the state of an assessment, its snapshots, who reviews it, what is asked, what the city consents to.

-- Empty while the city alone works on it; see review.State.
ALTER TABLE assessment ADD COLUMN state TEXT NOT NULL DEFAULT '';
UPDATE assessment SET state = 'submitted' WHERE handed_in IS NOT NULL;

-- Whether those who review may see how the other cities of the round have answered.
ALTER TABLE round ADD COLUMN reviewers_compare BOOLEAN NOT NULL DEFAULT FALSE;

-- What was handed in, as it was: canonical JSON, and its SHA-256 (hex).
CREATE TABLE snapshot (
    city_id       TEXT NOT NULL,
    assessment_id TEXT NOT NULL,
    revision      INTEGER NOT NULL, -- from 1
    reference     TEXT NOT NULL UNIQUE, -- of the receipt
    seq           BIGINT NOT NULL, -- of the revision log
    instrument    TEXT NOT NULL, -- code@version
    method        TEXT NOT NULL,
    hash          TEXT NOT NULL,
    content       BYTEA NOT NULL,
    by_account    TEXT NOT NULL,
    by_role       TEXT NOT NULL,
    at            TIMESTAMP NOT NULL,
    PRIMARY KEY (city_id, assessment_id, revision),
    FOREIGN KEY (city_id, assessment_id) REFERENCES assessment (city_id, id)
);

-- Who gave an assessment back to the city, and why.
CREATE TABLE reopening (
    city_id       TEXT NOT NULL,
    assessment_id TEXT NOT NULL,
    id            TEXT NOT NULL,
    revision      INTEGER NOT NULL, -- the newest snapshot at that time; 0 for none
    reason        TEXT NOT NULL,
    by_account    TEXT NOT NULL,
    by_role       TEXT NOT NULL,
    at            TIMESTAMP NOT NULL,
    PRIMARY KEY (city_id, assessment_id, id),
    FOREIGN KEY (city_id, assessment_id) REFERENCES assessment (city_id, id)
);

-- Who reviews an assessment from outside.
CREATE TABLE reviewer (
    city_id       TEXT NOT NULL,
    assessment_id TEXT NOT NULL,
    account_id    TEXT NOT NULL REFERENCES account (id),
    by_account    TEXT NOT NULL,
    by_role       TEXT NOT NULL,
    at            TIMESTAMP NOT NULL,
    PRIMARY KEY (city_id, assessment_id, account_id),
    FOREIGN KEY (city_id, assessment_id) REFERENCES assessment (city_id, id)
);
CREATE INDEX reviewer_account ON reviewer (account_id);

-- Another value that a reviewer proposes with a challenge; empty when none. It stands beside the city's own, never over it.
ALTER TABLE verdict ADD COLUMN proposed TEXT NOT NULL DEFAULT '';

-- What a reviewer asks about an answer, what the city replies, and whether whoever asked is content.
CREATE TABLE clarification (
    city_id        TEXT NOT NULL,
    assessment_id  TEXT NOT NULL,
    id             TEXT NOT NULL,
    indicator      TEXT NOT NULL,
    question       TEXT NOT NULL,
    due            TIMESTAMP, -- the last day, at midnight UTC
    version        INTEGER NOT NULL, -- of the answer when it was asked
    by_account     TEXT NOT NULL,
    by_role        TEXT NOT NULL,
    at             TIMESTAMP NOT NULL,
    reply          TEXT NOT NULL,
    outcome        TEXT NOT NULL, -- empty while nobody has replied; replied, changed, stands
    replied_by     TEXT NOT NULL,
    replied_role   TEXT NOT NULL,
    replied        TIMESTAMP,
    settled_by     TEXT NOT NULL,
    settled_role   TEXT NOT NULL,
    settled        TIMESTAMP,
    PRIMARY KEY (city_id, assessment_id, id),
    FOREIGN KEY (city_id, assessment_id) REFERENCES assessment (city_id, id)
);

-- What an approver has consented to show, and exactly that as it was shown before (canonical JSON with its SHA-256).
CREATE TABLE publication (
    city_id        TEXT NOT NULL,
    assessment_id  TEXT NOT NULL,
    id             TEXT NOT NULL,
    revision       INTEGER NOT NULL, -- of the snapshot
    scope          TEXT NOT NULL, -- parts, joined by a comma: numbers, explanations, evidence_titles, evidence_files
    audience       TEXT NOT NULL, -- city, iom, peers, public
    terms          TEXT NOT NULL, -- version of the text that was consented to
    hash           TEXT NOT NULL,
    profile        BYTEA NOT NULL,
    by_account     TEXT NOT NULL,
    by_role        TEXT NOT NULL,
    at             TIMESTAMP NOT NULL,
    withdrawn_by   TEXT NOT NULL,
    withdrawn_role TEXT NOT NULL,
    withdrawn      TIMESTAMP,
    PRIMARY KEY (city_id, assessment_id, id),
    FOREIGN KEY (city_id, assessment_id) REFERENCES assessment (city_id, id)
);

-- What the last round has left for an indicator. It counts as an answer only when somebody of the city confirms it.
CREATE TABLE carried (
    city_id         TEXT NOT NULL,
    assessment_id   TEXT NOT NULL,
    indicator       TEXT NOT NULL,
    from_assessment TEXT NOT NULL,
    from_version    INTEGER NOT NULL,
    value           TEXT NOT NULL, -- empty when the question no longer takes what was said
    non_answer      TEXT NOT NULL,
    explanation     TEXT NOT NULL,
    evidence        TEXT NOT NULL,
    confidence      TEXT NOT NULL,
    holder          TEXT NOT NULL, -- of the power, where it was set
    reason          TEXT NOT NULL, -- of the power
    citations       TEXT NOT NULL, -- JSON: evidence and passage
    changed         TEXT NOT NULL, -- what is another in the question: parts, joined by a comma
    by_account      TEXT NOT NULL, -- who wrote the answer
    by_role         TEXT NOT NULL,
    at              TIMESTAMP NOT NULL, -- when it was written
    settled         TIMESTAMP, -- confirmed or put aside
    settled_by      TEXT NOT NULL,
    outcome         TEXT NOT NULL, -- confirmed, aside
    PRIMARY KEY (city_id, assessment_id, indicator),
    FOREIGN KEY (city_id, assessment_id) REFERENCES assessment (city_id, id)
);
