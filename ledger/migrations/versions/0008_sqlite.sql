ALTER TABLE approval ADD COLUMN known_by TEXT;

ALTER TABLE audit_log ADD COLUMN known_by TEXT;
