"""What a user did that cannot be done, in one Swedish sentence and an exit code."""

from __future__ import annotations


class UserError(Exception):
    """Say in Swedish what went wrong and what to do; `code` is the exit code of the command line."""

    def __init__(self, text: str, *, code: int = 1) -> None:
        super().__init__(text)
        self.code = code


class AccountError(Exception):
    """Raised when an hour or staff account of a simulation does not close to the unit."""
