-- +goose Up
-- An invitation goes to an address without taking it: it may be the address of an account elsewhere, or be invited by two cities.
-- Until somebody accepts, the address stands in invited, and email holds a stand-in; email stays unique, so that each address
-- opens one account. Accepting moves the address over.
ALTER TABLE account ADD COLUMN invited TEXT NOT NULL DEFAULT '';
CREATE INDEX account_invited ON account (invited);
UPDATE account SET invited = email, email = 'invited-' || id
    WHERE password = '' AND noticed = '' AND former = 0 AND NOT EXISTS (SELECT 1 FROM identity i WHERE i.account_id = account.id);
