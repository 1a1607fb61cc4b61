"""How far the reading of live accounts is, for whoever wants to show it.

Called by several threads.
"""


class Progress:
    """Told how far the reading is; this one keeps it to itself."""

    def start(self, scopes: int) -> None:
        """There are so many accounts and regions to read."""

    def listed(self, scope: str, names: int) -> None:
        """So many sets of one of them are listed, and the listing may go on."""

    def enter(self, scope: str, total: int) -> None:
        """One of them has so many sets to read."""

    def advance(self, scope: str) -> None:
        """One more of its sets is read."""

    def leave(self, scope: str) -> None:
        """It is read, or cannot be."""

    def stop(self) -> None:
        """The reading has ended."""
