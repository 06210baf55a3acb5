ALTER TABLE hold ADD COLUMN subject TEXT;

ALTER TABLE hold ADD COLUMN detail TEXT;

CREATE TABLE benefit_word (
	word TEXT NOT NULL,
	PRIMARY KEY (word)
);

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
);

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
);

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
);

INSERT INTO correction_word (word) VALUES
	('REVIEW_DECISION'),
	('LATE_FACT'),
	('CORRECTED_FACT'),
	('LAW_CHANGED'),
	('OUR_ERROR');

ALTER TABLE rate
	DROP CONSTRAINT rate_benefit_check,
	ADD FOREIGN KEY (benefit) REFERENCES benefit_word (word);

ALTER TABLE entitlement_version
	DROP CONSTRAINT entitlement_version_benefit_check,
	DROP CONSTRAINT entitlement_version_winner_check,
	DROP CONSTRAINT entitlement_version_correction_check,
	ADD FOREIGN KEY (benefit) REFERENCES benefit_word (word),
	ADD FOREIGN KEY (winner) REFERENCES benefit_word (word),
	ADD FOREIGN KEY (correction) REFERENCES correction_word (word);

ALTER TABLE obligation
	DROP CONSTRAINT obligation_benefit_check,
	ADD FOREIGN KEY (benefit) REFERENCES benefit_word (word);

ALTER TABLE withdrawal
	DROP CONSTRAINT withdrawal_cause_check,
	ADD FOREIGN KEY (cause) REFERENCES cause_word (word);

ALTER TABLE receivable
	DROP CONSTRAINT receivable_benefit_check,
	DROP CONSTRAINT receivable_cause_check,
	ADD FOREIGN KEY (benefit) REFERENCES benefit_word (word),
	ADD FOREIGN KEY (cause) REFERENCES cause_word (word);

ALTER TABLE hold
	DROP CONSTRAINT hold_code_check,
	ADD FOREIGN KEY (code) REFERENCES hold_code_word (word);

ALTER TABLE instruction
	DROP CONSTRAINT instruction_benefit_check,
	ADD FOREIGN KEY (benefit) REFERENCES benefit_word (word);

CREATE INDEX bank_event_returned ON bank_event (instruction_id) WHERE event = 'returned';
