CREATE TABLE taken_back (
	taken_back_id INTEGER NOT NULL,
	cycle_id INTEGER NOT NULL,
	county TEXT NOT NULL,
	officer TEXT NOT NULL,
	system_user TEXT NOT NULL,
	reason TEXT NOT NULL,
	recorded_at TEXT NOT NULL,
	PRIMARY KEY (taken_back_id),
	UNIQUE (cycle_id),
	FOREIGN KEY(cycle_id) REFERENCES cycle (cycle_id)
) STRICT;
