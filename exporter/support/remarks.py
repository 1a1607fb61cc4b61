"""Notes and warnings about resources, many of which may have the same cause."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Remark:
    """A note or a warning about one resource, file or account.

    Attributes:
        about: Its name.
        text: The message, which follows the name and a colon. Remarks with the same text have the
            same cause.
        noun: What kind of thing it is.
        place: The title of its account and region; empty if there is only one.
        alone: The whole line for a remark whose cause is unique, if name and ``text`` read badly.
    """

    about: str
    text: str
    noun: str = "configuration set"
    place: str = ""
    alone: str = ""

    def __str__(self) -> str:
        return self.alone or f"{self.name}: {self.text}"

    @property
    def name(self) -> str:
        """The name, with the account and region if there are several."""
        return f"{self.place}: {self.about}" if self.place else self.about


Said = Remark | str
"""A remark, or a sentence that is printed at most once."""
