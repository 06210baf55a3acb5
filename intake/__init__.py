"""Files as counties have them → contract tables and refused rows."""

from intake.accepting import Accepted, accept, ids_in
from intake.current_lists import ListedMonths, months_of_list, running_rows
from intake.databases import fetch
from intake.doubts import doubts
from intake.gaps import DECISIONS, StoodIn, stand_in
from intake.inbox import (
    FoundFile,
    NotTaken,
    find_inputs,
    is_the_systems,
    newest_month,
    not_taken,
    part_named,
    register_named,
)
from intake.inspecting import Offer, Seen, inspect, offer
from intake.kinds import READABLE, open_given
from intake.layouts import CountyLayout, find_layout, kept_layout, read_layout
from intake.matching import evidenced_population, matched
from intake.receiving import Received, files_of, kept, layout_digest_of, original_path, receive, receive_all
from intake.refusals import ADVICE
from intake.refusing import refuse_rows
from intake.returning import write_returned
from intake.same_people import gone_people, same_people
from intake.suggesting import keep_suggested, suggest
from intake.thresholds import check_refused, check_shrink
from intake.written_rows import set_aside, values, written_rows

__all__ = [
    "ADVICE",
    "DECISIONS",
    "READABLE",
    "Accepted",
    "CountyLayout",
    "FoundFile",
    "ListedMonths",
    "NotTaken",
    "Offer",
    "Received",
    "Seen",
    "StoodIn",
    "accept",
    "check_refused",
    "check_shrink",
    "doubts",
    "evidenced_population",
    "fetch",
    "files_of",
    "find_inputs",
    "find_layout",
    "gone_people",
    "ids_in",
    "inspect",
    "is_the_systems",
    "keep_suggested",
    "kept",
    "kept_layout",
    "layout_digest_of",
    "matched",
    "months_of_list",
    "newest_month",
    "not_taken",
    "offer",
    "open_given",
    "original_path",
    "part_named",
    "read_layout",
    "receive",
    "receive_all",
    "refuse_rows",
    "register_named",
    "running_rows",
    "same_people",
    "set_aside",
    "stand_in",
    "suggest",
    "values",
    "write_returned",
    "written_rows",
]
