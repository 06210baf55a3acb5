"""Where books of tests may be made: files in a folder, or schemas of the server that DISBURSE_TEST_POSTGRESQL names."""

import os
from itertools import count

from sqlalchemy import create_engine, make_url, text

SERVER = os.environ.get("DISBURSE_TEST_POSTGRESQL", "")
_numbers = count(1)


class Places:
    """Gives addresses of new books; `clear` takes away what was made there."""

    def __init__(self, folder):
        self.folder, self.schemas = folder, []

    def new(self):
        """The address of a book that is not there yet."""
        if not SERVER:
            return f"sqlite:///{self.folder / f'book{next(_numbers)}.sqlite'}"
        self.schemas.append(f"book_{os.getpid()}_{next(_numbers)}")
        _tell_server(f"CREATE SCHEMA {self.schemas[-1]}")
        options = f"-csearch_path={self.schemas[-1]}"
        return make_url(SERVER).update_query_dict({"options": options}).render_as_string(hide_password=False)

    def clear(self):
        while self.schemas:
            _tell_server(f"DROP SCHEMA {self.schemas.pop()} CASCADE")


def _tell_server(statement):
    server = create_engine(SERVER, isolation_level="AUTOCOMMIT")
    with server.connect() as conn:
        conn.execute(text(statement))
    server.dispose()
