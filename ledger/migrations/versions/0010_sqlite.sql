ALTER TABLE instruction ADD COLUMN village_group TEXT;

ALTER TABLE instruction ADD COLUMN head_name TEXT;

ALTER TABLE instruction ADD COLUMN head_id TEXT;

ALTER TABLE instruction ADD COLUMN phone TEXT;
