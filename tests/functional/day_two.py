"""The account of the tests of later exports, and exports of it."""

from tests.functional.snapshots import Desk, configuration_set, scope
from tests.support import Ran

SET = "aws_sesv2_configuration_set"
DESTINATION = "aws_sesv2_configuration_set_event_destination"

ACCOUNT = scope(
    configuration_set("billing"),
    configuration_set("news", "all", "clicks"),
    configuration_set("orders", "bounces"),
)
NEWS = {f"{SET}.news", f"{DESTINATION}.news_all", f"{DESTINATION}.news_clicks"}


def export_live(desk: Desk, *options: str) -> Ran:
    """Export the live account into the desk's folder."""
    return desk.run("export", "terraform", "--out", str(desk.out), *options)
