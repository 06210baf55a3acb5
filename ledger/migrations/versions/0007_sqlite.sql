CREATE TABLE kept_content (
	keep_id INTEGER NOT NULL,
	county TEXT NOT NULL,
	manifest_digest TEXT NOT NULL,
	tables_json TEXT NOT NULL,
	digest TEXT NOT NULL,
	recorded_at TEXT NOT NULL,
	PRIMARY KEY (keep_id),
	UNIQUE (county, manifest_digest, digest)
) STRICT;

CREATE INDEX audit_of_object ON audit_log (object);
