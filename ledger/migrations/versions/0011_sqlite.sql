CREATE TABLE open_obligation (
	county TEXT NOT NULL,
	obligation_id INTEGER NOT NULL,
	PRIMARY KEY (county, obligation_id),
	FOREIGN KEY(obligation_id) REFERENCES obligation (obligation_id)
) WITHOUT ROWID, STRICT;

INSERT INTO open_obligation (county, obligation_id)
SELECT o.county, o.obligation_id FROM obligation o
 WHERE o.kind <> 'history'
   AND o.amount_fen > (SELECT coalesce(sum(w.amount_fen), 0) FROM withdrawal w WHERE w.obligation_id = o.obligation_id)
       + (SELECT coalesce(sum(s.amount_fen), 0) FROM recovery s WHERE s.obligation_id = o.obligation_id)
   AND NOT EXISTS (
       SELECT 1 FROM instruction_item i JOIN instruction n ON n.instruction_id = i.instruction_id
        WHERE i.obligation_id = o.obligation_id
          AND EXISTS (SELECT 1 FROM approval r WHERE r.batch_id = n.batch_id AND r.step = 'released')
          AND NOT EXISTS (
              SELECT 1 FROM bank_event e WHERE e.instruction_id = i.instruction_id AND e.event = 'returned'));
