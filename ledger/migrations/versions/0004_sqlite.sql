ALTER TABLE hold ADD COLUMN subject TEXT;

ALTER TABLE hold ADD COLUMN detail TEXT;

CREATE TABLE benefit_word (
	word TEXT NOT NULL,
	PRIMARY KEY (word)
)
 WITHOUT ROWID, STRICT;

INSERT INTO benefit_word (word) VALUES
	('old_age_allowance'),
	('elder_service_subsidy'),
	('elder_care_subsidy'),
	('hardship_elder_subsidy'),
	('tekun_living'),
	('tekun_care'),
	('disability_living_subsidy'),
	('disability_care_subsidy'),
	('family_planning_support');

CREATE TABLE hold_code_word (
	word TEXT NOT NULL,
	PRIMARY KEY (word)
)
 WITHOUT ROWID, STRICT;

INSERT INTO hold_code_word (word) VALUES
	('CERTIFICATION_LAPSED'),
	('ACCOUNT_MISSING'),
	('ACCOUNT_REJECTED'),
	('DECEASED_ARREARS'),
	('UNDER_REVIEW'),
	('DUPLICATE_ELSEWHERE'),
	('MANUAL');

CREATE TABLE cause_word (
	word TEXT NOT NULL,
	PRIMARY KEY (word)
)
 WITHOUT ROWID, STRICT;

INSERT INTO cause_word (word) VALUES
	('DEATH'),
	('MOVED_OUT'),
	('EXCLUDED'),
	('NOT_CLAIMED'),
	('SUSPENDED'),
	('REPLACED'),
	('STANDARD_CHANGED'),
	('DATA_CORRECTED'),
	('INELIGIBLE');

CREATE TABLE correction_word (
	word TEXT NOT NULL,
	PRIMARY KEY (word)
)
 WITHOUT ROWID, STRICT;

INSERT INTO correction_word (word) VALUES
	('REVIEW_DECISION'),
	('LATE_FACT'),
	('CORRECTED_FACT'),
	('LAW_CHANGED'),
	('OUR_ERROR');

CREATE INDEX bank_event_returned ON bank_event (instruction_id) WHERE event = 'returned';
