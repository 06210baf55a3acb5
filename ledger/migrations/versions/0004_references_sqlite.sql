UPDATE sqlite_schema SET sql = replace(
	sql,
	'CHECK (benefit IN (''old_age_allowance'', ''elder_service_subsidy'', ''elder_care_subsidy'', ''hardship_elder_subsidy'', ''tekun_living'', ''tekun_care'', ''disability_living_subsidy'', ''disability_care_subsidy'', ''family_planning_support''))',
	'REFERENCES benefit_word (word)'
) WHERE type = 'table';

UPDATE sqlite_schema SET sql = replace(
	sql,
	'CHECK (winner IN (''old_age_allowance'', ''elder_service_subsidy'', ''elder_care_subsidy'', ''hardship_elder_subsidy'', ''tekun_living'', ''tekun_care'', ''disability_living_subsidy'', ''disability_care_subsidy'', ''family_planning_support''))',
	'REFERENCES benefit_word (word)'
) WHERE type = 'table';

UPDATE sqlite_schema SET sql = replace(
	sql,
	'CHECK (code IN (''CERTIFICATION_LAPSED'', ''ACCOUNT_MISSING'', ''ACCOUNT_REJECTED'', ''DECEASED_ARREARS'', ''UNDER_REVIEW'', ''DUPLICATE_ELSEWHERE'', ''MANUAL''))',
	'REFERENCES hold_code_word (word)'
) WHERE type = 'table';

UPDATE sqlite_schema SET sql = replace(
	sql,
	'CHECK (cause IN (''DEATH'', ''MOVED_OUT'', ''EXCLUDED'', ''NOT_CLAIMED'', ''SUSPENDED'', ''REPLACED'', ''STANDARD_CHANGED'', ''DATA_CORRECTED'', ''INELIGIBLE''))',
	'REFERENCES cause_word (word)'
) WHERE type = 'table';

UPDATE sqlite_schema SET sql = replace(
	sql,
	'CHECK (correction IN (''REVIEW_DECISION'', ''LATE_FACT'', ''CORRECTED_FACT'', ''LAW_CHANGED'', ''OUR_ERROR''))',
	'REFERENCES correction_word (word)'
) WHERE type = 'table';
