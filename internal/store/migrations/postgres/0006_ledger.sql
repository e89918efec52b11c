-- What ended badly is few among much: an administrator's page of it reads no more.
CREATE INDEX deliveries_bad ON deliveries (state, id) WHERE state IN ('failed', 'unknown', 'expired', 'suppressed');
