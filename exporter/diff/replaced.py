"""Destinations that the next plan of Terraform replaces: their code is of the SES API v1.

``aws_ses_event_destination`` knows neither the targets nor the event types that came with v2, and
the provider updates none of its arguments in place. Once somebody gives a destination one of them,
the next apply deletes the destination and creates it again.
"""

import re
from collections.abc import Iterator

from exporter.diff.side import Side, SideScope
from exporter.formats.terraform.names import V1_DESTINATION_TYPE
from exporter.formats.terraform.v1 import unsupported_values
from exporter.support.remarks import Remark, Said

_V1 = re.compile(rf"(?:^|[ .]){V1_DESTINATION_TYPE}\.")


def notes(old: Side, new: Side, one: SideScope, other: SideScope) -> Iterator[Said]:
    """A sentence for each destination of v1 code that is what v1 cannot hold.

    Args:
        old: A side.
        new: The other one.
        one: A scope of the first.
        other: The same account and region of the other.
    """
    if old.is_code and not new.is_code:
        yield from _of_code(one, other)
    elif new.is_code and not old.is_code:
        yield from _of_code(other, one)


def _of_code(code: SideScope, live: SideScope) -> Iterator[Said]:
    for who, item in code.items.items():
        there = live.items.get(who)
        if there is None or not _V1.search(item.at):
            continue
        beyond = unsupported_values(there.values)
        if beyond:
            reason = f"{V1_DESTINATION_TYPE} does not support {', '.join(beyond)}"
            advice = "to the aws_sesv2 resources ('ses2iac export terraform --replaces')"
            yield Remark(
                str(who),
                f"Terraform's next plan will replace it, because {reason}; move it {advice}",
                "event destination",
                alone=f"{item.at}: Terraform's next plan will replace {who}, because {reason}; "
                f"move it {advice}",
            )
