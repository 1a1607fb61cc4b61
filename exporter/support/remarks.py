"""What is said of one thing, and often in the same words of hundreds."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Remark:
    """A note or a warning about one thing.

    Attributes:
        about: The thing's name.
        text: What is said of it, as what follows its name and a colon. Remarks with the same text
            have the same cause.
        noun: What kind of thing it is.
        place: The account and region that it is in, in words; empty where there is only one.
        alone: The whole line where nothing else has the same cause, if ``text`` makes a poor one.
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
        """The thing with its place."""
        return f"{self.place}: {self.about}" if self.place else self.about


Said = Remark | str
"""A remark, or a sentence that is said once at most."""
