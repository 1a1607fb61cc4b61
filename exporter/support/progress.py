"""Progress of reading live accounts."""


class Progress:
    """Receives the progress of a read, from several threads; this one shows nothing."""

    def start(self, scopes: int) -> None:
        """Begin, with this number of accounts and regions."""

    def listed(self, scope: str, names: int) -> None:
        """Report the number of sets listed so far in one of them."""

    def enter(self, scope: str, total: int) -> None:
        """Begin to read the sets of one of them."""

    def advance(self, scope: str) -> None:
        """Report that one more of its sets was read."""

    def leave(self, scope: str) -> None:
        """Report that it was read, or could not be."""

    def stop(self) -> None:
        """End the read."""
