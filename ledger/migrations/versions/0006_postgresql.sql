CREATE TABLE return_reason_word (
	word TEXT NOT NULL,
	PRIMARY KEY (word)
);

INSERT INTO return_reason_word (word) VALUES
	('NAME_MISMATCH'),
	('NO_ACCOUNT'),
	('CLOSED'),
	('FROZEN'),
	('NOT_ACTIVATED'),
	('LIMIT'),
	('BANK_TECH'),
	('DUPLICATE'),
	('DECEASED'),
	('BATCH_REFUSED'),
	('OTHER');

ALTER TABLE bank_event ADD COLUMN return_reason TEXT REFERENCES return_reason_word (word);

ALTER TABLE bank_event ADD COLUMN answered_on TEXT;

CREATE TABLE answer_misfit (
	misfit_id BIGINT NOT NULL,
	county TEXT NOT NULL,
	instruction_id TEXT,
	misfit TEXT NOT NULL,
	source_digest TEXT NOT NULL,
	source_row BIGINT NOT NULL,
	recorded_at TEXT NOT NULL,
	PRIMARY KEY (misfit_id),
	UNIQUE (source_digest, source_row),
	FOREIGN KEY(instruction_id) REFERENCES instruction (instruction_id)
);

CREATE INDEX misfit_of_instruction ON answer_misfit (instruction_id);

CREATE TABLE refused_order (
	batch_id TEXT NOT NULL,
	reason_code TEXT NOT NULL,
	reason TEXT NOT NULL,
	source_digest TEXT NOT NULL,
	officer TEXT NOT NULL,
	recorded_at TEXT NOT NULL,
	PRIMARY KEY (batch_id),
	FOREIGN KEY(batch_id) REFERENCES batch (batch_id)
);
