"""What the run before left in the store, made anew from its originals where it is gone or somebody changed it."""

from __future__ import annotations

import shutil

from contracts.files import own_folder, whole_file, write_whole
from contracts.settings import Home
from ledger import keeping
from month.month import LEFT, Month
from month.replaying import OnlyRead, Scratch, provide_previous
from month.store import Store


def rebuild_before(month: Month) -> None:
    """Have the tables that the run before a month left, as its manifest and originals give them.

    InputError where an original, a layout or the law of it is gone; BookError where one was changed. Another version of
    the program may write other bytes of them, so they are noted in the book again.
    """
    manifest = month.manifest
    if manifest.previous_month is None:
        return
    with own_folder() as folder:
        scratch = Scratch(month.home, Home(folder), OnlyRead(month.book.engine))
        scratch.share_inputs()
        provide_previous(scratch, manifest)
        made, kept = (
            Store(home).tables(manifest.county, manifest.previous_month, manifest.previous_digest)
            for home in (scratch.home, month.home)
        )
        write_whole(kept.folder / "manifest.json", made.manifest.model_dump_json(indent=2).encode())
        for table in LEFT:
            kept.path(table).unlink(missing_ok=True)
            if made.has(table):
                with whole_file(kept.path(table)) as temporary:
                    shutil.copyfile(made.path(table), temporary)
    keeping.note(month.book, manifest.county, manifest.previous_digest, kept.digests(LEFT), month.choices.by)
