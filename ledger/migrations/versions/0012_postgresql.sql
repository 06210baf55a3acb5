CREATE TABLE audit_rule_word (
	word TEXT NOT NULL,
	PRIMARY KEY (word)
);

CREATE TABLE finding_decision (
	decision_row BIGINT NOT NULL,
	county TEXT NOT NULL,
	cycle_id BIGINT,
	finding_id TEXT NOT NULL,
	rule TEXT NOT NULL,
	person_no BIGINT NOT NULL,
	decision TEXT NOT NULL CHECK (decision IN ('hold', 'correct', 'accept')),
	until_month TEXT CHECK (length(until_month) = 7),
	hold_id BIGINT,
	officer TEXT NOT NULL,
	system_user TEXT NOT NULL,
	reason TEXT NOT NULL CHECK (length(reason) > 0),
	recorded_at TEXT NOT NULL,
	PRIMARY KEY (decision_row),
	CHECK ((decision = 'accept') = (until_month IS NOT NULL)),
	CHECK ((decision = 'hold') = (hold_id IS NOT NULL)),
	FOREIGN KEY(cycle_id) REFERENCES cycle (cycle_id),
	FOREIGN KEY(rule) REFERENCES audit_rule_word (word),
	FOREIGN KEY(person_no) REFERENCES person (person_no),
	FOREIGN KEY(hold_id) REFERENCES hold (hold_row)
);

CREATE INDEX finding_decision_of_county ON finding_decision (county, finding_id);
