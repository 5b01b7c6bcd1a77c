-- +goose Up
-- What people were told of a last day: nothing yet, that it is soon, or that it has passed.
ALTER TABLE evidence ADD COLUMN warned TEXT NOT NULL DEFAULT '';
-- Where a piece is cited is asked for from the piece, too.
CREATE INDEX citation_evidence ON citation (city_id, evidence_id);
