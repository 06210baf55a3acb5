CREATE TABLE identity (
	identity_row INTEGER NOT NULL,
	decision_id INTEGER NOT NULL,
	decision TEXT NOT NULL CHECK (decision IN ('joined', 'split')),
	county TEXT NOT NULL,
	person_no INTEGER NOT NULL,
	head_no INTEGER NOT NULL,
	other_no INTEGER NOT NULL,
	officer TEXT NOT NULL,
	system_user TEXT NOT NULL,
	document TEXT NOT NULL,
	recorded_at TEXT NOT NULL,
	PRIMARY KEY (identity_row),
	UNIQUE (decision_id, person_no),
	CHECK (person_no <> other_no),
	CHECK (decision = 'split' OR (head_no = other_no)),
	FOREIGN KEY(decision_id) REFERENCES identity (identity_row),
	FOREIGN KEY(person_no) REFERENCES person (person_no),
	FOREIGN KEY(head_no) REFERENCES person (person_no),
	FOREIGN KEY(other_no) REFERENCES person (person_no)
)
 STRICT;

CREATE INDEX identity_of_county ON identity (county, person_no);
