-- What is kept of people, and for how long.

-- How many notices a mailbox was sent on a day. Its name is a hash.
CREATE TABLE notices (
  mailbox TEXT COLLATE "C" PRIMARY KEY,
  day     BIGINT NOT NULL,                  -- since 1970, UTC
  sent    BIGINT NOT NULL
);

-- Of whose delivery a mail came back that was not understood; 0 where nobody knows.
ALTER TABLE strays ADD COLUMN recipient_id BIGINT NOT NULL DEFAULT 0;
CREATE INDEX strays_recipient ON strays (recipient_id);

-- Addresses in what relays had said, and in the jobs of notices, which outlived
-- what they were about.
UPDATE suppressions SET detail = '' WHERE strpos(detail, '@') > 0;
DELETE FROM jobs WHERE kind = 'mail.notice';
