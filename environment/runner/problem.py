"""What went wrong, in a sentence for the user."""


class Problem(Exception):
    """Ends the command with one message and an exit status: no stack trace."""

    def __init__(self, message: str, status: int = 1) -> None:
        super().__init__(message)
        self.status = status
