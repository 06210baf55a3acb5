CREATE TABLE audit_log (
	entry_id BIGINT NOT NULL,
	county TEXT NOT NULL,
	actor TEXT NOT NULL,
	system_user TEXT NOT NULL,
	action TEXT NOT NULL,
	object TEXT NOT NULL,
	detail_json TEXT NOT NULL,
	recorded_at TEXT NOT NULL,
	prev_hash TEXT NOT NULL,
	hash TEXT NOT NULL,
	PRIMARY KEY (entry_id),
	UNIQUE (hash)
);

CREATE INDEX audit_of_county ON audit_log (county, entry_id);

CREATE TABLE cycle (
	cycle_id BIGINT NOT NULL,
	county TEXT NOT NULL,
	pay_month TEXT NOT NULL CHECK (length(pay_month) = 7),
	sequence BIGINT NOT NULL CHECK (sequence > 0),
	opened_at TEXT NOT NULL,
	PRIMARY KEY (cycle_id),
	UNIQUE (county, pay_month, sequence)
);

CREATE TABLE person (
	person_no BIGINT NOT NULL,
	person_id TEXT NOT NULL,
	numbered_at TEXT NOT NULL,
	PRIMARY KEY (person_no),
	UNIQUE (person_id)
);

CREATE TABLE rate (
	rate_no BIGINT NOT NULL,
	rate_id TEXT NOT NULL,
	benefit TEXT NOT NULL CHECK (benefit IN ('old_age_allowance', 'elder_service_subsidy', 'elder_care_subsidy', 'hardship_elder_subsidy', 'tekun_living', 'tekun_care', 'disability_living_subsidy', 'disability_care_subsidy', 'family_planning_support')),
	amount_status TEXT NOT NULL CHECK (amount_status IN ('in_force', 'draft', 'placeholder')),
	values_json TEXT NOT NULL,
	PRIMARY KEY (rate_no),
	UNIQUE (rate_id)
);

CREATE TABLE batch (
	batch_id TEXT NOT NULL,
	cycle_id BIGINT NOT NULL,
	ordinal BIGINT NOT NULL CHECK (ordinal > 0),
	profile TEXT NOT NULL,
	part TEXT NOT NULL,
	content_digest TEXT NOT NULL,
	profile_digest TEXT NOT NULL,
	line_count BIGINT NOT NULL CHECK (line_count > 0),
	total_fen BIGINT NOT NULL CHECK (total_fen > 0),
	claimed_at TEXT NOT NULL,
	PRIMARY KEY (batch_id),
	UNIQUE (cycle_id, ordinal),
	FOREIGN KEY(cycle_id) REFERENCES cycle (cycle_id)
);

CREATE TABLE run (
	run_id BIGINT NOT NULL,
	cycle_id BIGINT,
	manifest_json TEXT NOT NULL,
	manifest_digest TEXT NOT NULL,
	known_on TEXT NOT NULL,
	maker TEXT NOT NULL,
	system_user TEXT NOT NULL,
	posted_at TEXT NOT NULL,
	PRIMARY KEY (run_id),
	FOREIGN KEY(cycle_id) REFERENCES cycle (cycle_id)
);

CREATE INDEX run_of_cycle ON run (cycle_id);

CREATE TABLE approval (
	approval_id BIGINT NOT NULL,
	batch_id TEXT NOT NULL,
	step TEXT NOT NULL CHECK (step IN ('made', 'approved', 'rejected', 'released')),
	officer TEXT NOT NULL,
	system_user TEXT NOT NULL,
	content_digest TEXT NOT NULL,
	reason TEXT NOT NULL,
	signed_at TEXT NOT NULL,
	PRIMARY KEY (approval_id),
	UNIQUE (batch_id, step, officer),
	FOREIGN KEY(batch_id) REFERENCES batch (batch_id)
);

CREATE UNIQUE INDEX released_once ON approval (batch_id) WHERE step = 'released';

CREATE TABLE batch_event (
	event_id BIGINT NOT NULL,
	batch_id TEXT NOT NULL,
	event TEXT NOT NULL CHECK (event IN ('rendered', 'voided')),
	file_name TEXT,
	file_digest TEXT,
	reason TEXT,
	recorded_at TEXT NOT NULL,
	PRIMARY KEY (event_id),
	UNIQUE (batch_id, event),
	CHECK ((event = 'rendered') = (file_digest IS NOT NULL)),
	FOREIGN KEY(batch_id) REFERENCES batch (batch_id)
);

CREATE TABLE entitlement_version (
	county TEXT NOT NULL,
	benefit_month TEXT NOT NULL CHECK (length(benefit_month) = 7),
	person_no BIGINT NOT NULL,
	benefit TEXT NOT NULL CHECK (benefit IN ('old_age_allowance', 'elder_service_subsidy', 'elder_care_subsidy', 'hardship_elder_subsidy', 'tekun_living', 'tekun_care', 'disability_living_subsidy', 'disability_care_subsidy', 'family_planning_support')),
	version_no BIGINT NOT NULL CHECK (version_no > 0),
	run_id BIGINT NOT NULL,
	outcome TEXT NOT NULL CHECK (outcome IN ('EXCLUDED', 'NOT_CLAIMED', 'SUSPENDED', 'STANDARD_NOT_SET', 'LOST_TO_HIGHER', 'ENTITLED', 'NOT_MET')),
	amount_fen BIGINT CHECK (amount_fen >= 0),
	would_be_fen BIGINT CHECK (would_be_fen >= 0),
	winner TEXT CHECK (winner IN ('old_age_allowance', 'elder_service_subsidy', 'elder_care_subsidy', 'hardship_elder_subsidy', 'tekun_living', 'tekun_care', 'disability_living_subsidy', 'disability_care_subsidy', 'family_planning_support')),
	rate_no BIGINT,
	fact_code BIGINT NOT NULL,
	PRIMARY KEY (county, benefit_month, person_no, benefit, version_no),
	CHECK ((amount_fen IS NULL) = (outcome = 'STANDARD_NOT_SET')),
	CHECK (outcome = 'ENTITLED' OR coalesce(amount_fen, 0) = 0),
	FOREIGN KEY(person_no) REFERENCES person (person_no),
	FOREIGN KEY(run_id) REFERENCES run (run_id),
	FOREIGN KEY(rate_no) REFERENCES rate (rate_no)
);

CREATE TABLE instruction (
	instruction_id TEXT NOT NULL CHECK (length(instruction_id) <= 20),
	batch_id TEXT NOT NULL,
	line_no BIGINT NOT NULL,
	benefit TEXT NOT NULL CHECK (benefit IN ('old_age_allowance', 'elder_service_subsidy', 'elder_care_subsidy', 'hardship_elder_subsidy', 'tekun_living', 'tekun_care', 'disability_living_subsidy', 'disability_care_subsidy', 'family_planning_support')),
	pay_month TEXT NOT NULL CHECK (length(pay_month) = 7),
	period_from TEXT NOT NULL CHECK (length(period_from) = 7),
	period_to TEXT NOT NULL CHECK (length(period_to) = 7),
	kind TEXT NOT NULL CHECK (kind IN ('regular', 'arrears', 'history')),
	attempt BIGINT NOT NULL,
	name TEXT NOT NULL,
	person_id TEXT,
	relationship TEXT,
	payee_name TEXT NOT NULL,
	payee_id TEXT,
	account_no TEXT NOT NULL,
	bank_name TEXT NOT NULL,
	bank_code TEXT,
	amount_fen BIGINT NOT NULL CHECK (amount_fen > 0),
	township TEXT NOT NULL,
	village TEXT NOT NULL,
	people_count BIGINT NOT NULL,
	remark TEXT,
	PRIMARY KEY (instruction_id),
	UNIQUE (batch_id, line_no),
	FOREIGN KEY(batch_id) REFERENCES batch (batch_id)
);

CREATE TABLE obligation (
	obligation_id BIGINT NOT NULL,
	run_id BIGINT NOT NULL,
	county TEXT NOT NULL,
	benefit_month TEXT NOT NULL CHECK (length(benefit_month) = 7),
	person_no BIGINT NOT NULL,
	benefit TEXT NOT NULL CHECK (benefit IN ('old_age_allowance', 'elder_service_subsidy', 'elder_care_subsidy', 'hardship_elder_subsidy', 'tekun_living', 'tekun_care', 'disability_living_subsidy', 'disability_care_subsidy', 'family_planning_support')),
	kind TEXT NOT NULL CHECK (kind IN ('regular', 'arrears', 'history')),
	version_no BIGINT NOT NULL,
	amount_fen BIGINT NOT NULL CHECK (amount_fen > 0),
	choose_group TEXT CHECK (choose_group IN ('care', 'living')),
	is_to_institution BIGINT NOT NULL CHECK (is_to_institution IN (0, 1)),
	institution_id TEXT,
	PRIMARY KEY (obligation_id),
	UNIQUE (county, benefit_month, person_no, benefit, kind, version_no),
	FOREIGN KEY(run_id) REFERENCES run (run_id),
	FOREIGN KEY(person_no) REFERENCES person (person_no)
);

CREATE INDEX obligation_of_run ON obligation (run_id);

CREATE TABLE receivable (
	receivable_id BIGINT NOT NULL,
	run_id BIGINT NOT NULL,
	county TEXT NOT NULL,
	benefit_month TEXT NOT NULL CHECK (length(benefit_month) = 7),
	person_no BIGINT NOT NULL,
	benefit TEXT NOT NULL CHECK (benefit IN ('old_age_allowance', 'elder_service_subsidy', 'elder_care_subsidy', 'hardship_elder_subsidy', 'tekun_living', 'tekun_care', 'disability_living_subsidy', 'disability_care_subsidy', 'family_planning_support')),
	version_no BIGINT NOT NULL,
	amount_fen BIGINT NOT NULL CHECK (amount_fen > 0),
	choose_group TEXT CHECK (choose_group IN ('care', 'living')),
	cause TEXT NOT NULL CHECK (cause IN ('DEATH', 'MOVED_OUT', 'EXCLUDED', 'NOT_CLAIMED', 'SUSPENDED', 'REPLACED', 'STANDARD_CHANGED', 'DATA_CORRECTED', 'INELIGIBLE')),
	PRIMARY KEY (receivable_id),
	UNIQUE (county, benefit_month, person_no, benefit, version_no),
	FOREIGN KEY(run_id) REFERENCES run (run_id),
	FOREIGN KEY(person_no) REFERENCES person (person_no)
);

CREATE INDEX receivable_of_run ON receivable (run_id);

CREATE TABLE bank_event (
	event_id BIGINT NOT NULL,
	instruction_id TEXT NOT NULL,
	event TEXT NOT NULL CHECK (event IN ('accepted', 'returned', 'unknown')),
	reason_code TEXT NOT NULL,
	reason TEXT NOT NULL,
	source_digest TEXT NOT NULL,
	source_row BIGINT NOT NULL,
	recorded_at TEXT NOT NULL,
	PRIMARY KEY (event_id),
	UNIQUE (source_digest, source_row),
	FOREIGN KEY(instruction_id) REFERENCES instruction (instruction_id)
);

CREATE INDEX bank_event_of_instruction ON bank_event (instruction_id);

CREATE TABLE history_row (
	obligation_id BIGINT NOT NULL,
	source_row BIGINT NOT NULL,
	PRIMARY KEY (obligation_id),
	FOREIGN KEY(obligation_id) REFERENCES obligation (obligation_id)
);

CREATE TABLE hold (
	hold_row BIGINT NOT NULL,
	hold_id BIGINT NOT NULL,
	event TEXT NOT NULL CHECK (event IN ('placed', 'lifted')),
	county TEXT NOT NULL,
	cycle_id BIGINT,
	person_no BIGINT NOT NULL,
	obligation_id BIGINT,
	code TEXT NOT NULL CHECK (code IN ('CERTIFICATION_LAPSED', 'ACCOUNT_MISSING', 'ACCOUNT_REJECTED', 'DECEASED_ARREARS', 'UNDER_REVIEW', 'DUPLICATE_ELSEWHERE', 'MANUAL')),
	ground TEXT NOT NULL,
	actor TEXT NOT NULL,
	reason TEXT NOT NULL,
	decision TEXT CHECK (decision IN ('accept_gone', 'keep')),
	recorded_at TEXT NOT NULL,
	PRIMARY KEY (hold_row),
	UNIQUE (hold_id, event),
	CHECK ((event = 'placed') = (hold_row = hold_id)),
	CHECK (event = 'lifted' OR decision IS NULL),
	FOREIGN KEY(hold_id) REFERENCES hold (hold_row),
	FOREIGN KEY(cycle_id) REFERENCES cycle (cycle_id),
	FOREIGN KEY(person_no) REFERENCES person (person_no),
	FOREIGN KEY(obligation_id) REFERENCES obligation (obligation_id)
);

CREATE INDEX hold_of_county ON hold (county, person_no);

CREATE TABLE instruction_item (
	obligation_id BIGINT NOT NULL,
	attempt BIGINT NOT NULL CHECK (attempt > 0),
	instruction_id TEXT NOT NULL,
	amount_fen BIGINT NOT NULL CHECK (amount_fen > 0),
	PRIMARY KEY (obligation_id, attempt),
	FOREIGN KEY(obligation_id) REFERENCES obligation (obligation_id),
	FOREIGN KEY(instruction_id) REFERENCES instruction (instruction_id)
);

CREATE INDEX item_of_instruction ON instruction_item (instruction_id);

CREATE TABLE recovery (
	recovery_id BIGINT NOT NULL,
	receivable_id BIGINT NOT NULL,
	obligation_id BIGINT,
	run_id BIGINT,
	means TEXT NOT NULL CHECK (means IN ('set_off', 'bank_recall', 'cash', 'family', 'waived')),
	amount_fen BIGINT NOT NULL CHECK (amount_fen > 0),
	officer TEXT,
	document TEXT,
	recorded_at TEXT NOT NULL,
	PRIMARY KEY (recovery_id),
	CHECK ((means = 'set_off') = (obligation_id IS NOT NULL)),
	CHECK ((means = 'set_off') = (run_id IS NOT NULL)),
	CHECK ((means = 'set_off') = (officer IS NULL)),
	FOREIGN KEY(receivable_id) REFERENCES receivable (receivable_id),
	FOREIGN KEY(obligation_id) REFERENCES obligation (obligation_id),
	FOREIGN KEY(run_id) REFERENCES run (run_id)
);

CREATE INDEX recovery_of_obligation ON recovery (obligation_id);

CREATE INDEX recovery_of_receivable ON recovery (receivable_id);

CREATE INDEX recovery_of_run ON recovery (run_id);

CREATE TABLE withdrawal (
	withdrawal_id BIGINT NOT NULL,
	run_id BIGINT NOT NULL,
	obligation_id BIGINT NOT NULL,
	version_no BIGINT NOT NULL,
	amount_fen BIGINT NOT NULL CHECK (amount_fen > 0),
	cause TEXT NOT NULL CHECK (cause IN ('DEATH', 'MOVED_OUT', 'EXCLUDED', 'NOT_CLAIMED', 'SUSPENDED', 'REPLACED', 'STANDARD_CHANGED', 'DATA_CORRECTED', 'INELIGIBLE')),
	PRIMARY KEY (withdrawal_id),
	UNIQUE (obligation_id, version_no),
	FOREIGN KEY(run_id) REFERENCES run (run_id),
	FOREIGN KEY(obligation_id) REFERENCES obligation (obligation_id)
);

CREATE INDEX withdrawal_of_run ON withdrawal (run_id);
