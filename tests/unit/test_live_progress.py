"""What a terminal shows while accounts are read."""

from exporter.cli.terminal.live_progress import TerminalProgress


def test_a_listing_shows_how_long_it_is() -> None:
    progress = TerminalProgress()
    progress.listed("here", 1)
    progress.listed("there", 12_000)
    assert progress._shown().plain.splitlines() == [
        "here: 1 configuration set listed so far",
        "there: 12000 configuration sets listed so far, a long list: SES allows 10,000 by default",
    ]
    progress.enter("here", 1)
    progress.leave("there")
    assert progress._shown().plain == "here: 0 of 1 configuration set"
