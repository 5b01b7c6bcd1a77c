-- +goose Up
-- What whoever reviews is told of other cities, in lots that change no more once they are made; see review.Tell. The line with
-- the empty indicator says that an assessment belongs to a lot. Nothing refers to a city, and a lot outlives an assessment that
-- is removed: a lot that shrank by one would tell of that one.
CREATE TABLE told (
    round_id      TEXT NOT NULL REFERENCES round (id),
    perspective   TEXT NOT NULL,
    indicator     TEXT NOT NULL,
    assessment_id TEXT NOT NULL,
    lot           INTEGER NOT NULL, -- from 1
    value         TEXT NOT NULL, -- when the lot was made
    PRIMARY KEY (round_id, perspective, indicator, assessment_id)
);
