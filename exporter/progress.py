"""How far the reading of a live account is, for whoever wants to show it."""


class Progress:
    """Told how far the reading is; this one keeps it to itself."""

    def start(self, total: int) -> None:
        """There are ``total`` sets to read."""

    def advance(self) -> None:
        """One more set is read."""

    def stop(self) -> None:
        """The reading has ended."""
