ALTER TABLE run ADD COLUMN code_version TEXT;

ALTER TABLE entitlement_version ADD COLUMN correction TEXT CHECK (correction IN ('REVIEW_DECISION', 'LATE_FACT', 'CORRECTED_FACT', 'LAW_CHANGED', 'OUR_ERROR'));

ALTER TABLE recovery ADD COLUMN approved_by TEXT;

ALTER TABLE batch ADD COLUMN law_digest TEXT;

CREATE TABLE seal (
	seal_id INTEGER NOT NULL,
	cycle_id INTEGER NOT NULL,
	county TEXT NOT NULL,
	tables_json TEXT NOT NULL,
	unanswered_count INTEGER NOT NULL CHECK (unanswered_count >= 0),
	unanswered_fen INTEGER NOT NULL CHECK (unanswered_fen >= 0),
	unanswered_digest TEXT NOT NULL,
	officer TEXT NOT NULL,
	system_user TEXT NOT NULL,
	reason TEXT NOT NULL,
	sealed_at TEXT NOT NULL,
	previous_digest TEXT NOT NULL,
	digest TEXT NOT NULL,
	PRIMARY KEY (seal_id),
	UNIQUE (cycle_id),
	FOREIGN KEY(cycle_id) REFERENCES cycle (cycle_id),
	UNIQUE (digest)
)
 STRICT;

CREATE INDEX seal_of_county ON seal (county, seal_id);

CREATE TABLE receipt (
	receipt_id INTEGER NOT NULL,
	county TEXT NOT NULL,
	register TEXT NOT NULL,
	inbox_month TEXT NOT NULL CHECK (length(inbox_month) = 7),
	file_name TEXT NOT NULL,
	file_digest TEXT NOT NULL,
	known_on TEXT NOT NULL,
	system_user TEXT NOT NULL,
	received_at TEXT NOT NULL,
	PRIMARY KEY (receipt_id)
)
 STRICT;

CREATE INDEX receipt_of_county ON receipt (county, register, inbox_month);

CREATE TABLE register_acceptance (
	acceptance_id INTEGER NOT NULL,
	county TEXT NOT NULL,
	register TEXT NOT NULL,
	file_digest TEXT NOT NULL,
	officer TEXT NOT NULL,
	system_user TEXT NOT NULL,
	reason TEXT NOT NULL,
	recorded_at TEXT NOT NULL,
	PRIMARY KEY (acceptance_id)
)
 STRICT;

CREATE INDEX acceptance_of_county ON register_acceptance (county, register, file_digest);
