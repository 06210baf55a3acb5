"""What the lineage page does not do, in an officer's words."""

from __future__ import annotations


class RefusedError(Exception):
    """A request that is not served. `told` is for the officer, `status` for his browser."""

    def __init__(self, told: str, status: int = 403) -> None:
        super().__init__(told)
        self.told = told
        self.status = status
