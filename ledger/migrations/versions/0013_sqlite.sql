ALTER TABLE instruction ADD COLUMN origin_id TEXT;

ALTER TABLE instruction ADD COLUMN origin_batch TEXT;

ALTER TABLE instruction ADD COLUMN origin_line TEXT;

ALTER TABLE instruction ADD COLUMN origin_account TEXT;

ALTER TABLE instruction ADD COLUMN origin_amount TEXT;

ALTER TABLE instruction ADD COLUMN origin_reason TEXT;

ALTER TABLE instruction_item ADD COLUMN name TEXT;

ALTER TABLE instruction_item ADD COLUMN person_id TEXT;
