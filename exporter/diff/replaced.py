"""Warn about destinations that the next Terraform plan replaces, because their code is for API v1.

``aws_ses_event_destination`` doesn't support the targets and event types that came with v2, and the
provider can't update it in place. If a destination has one of them, the next apply deletes the
destination and creates it again.
"""

import re
from collections.abc import Iterator

from exporter.diff.side import Side, SideScope
from exporter.formats.terraform.names import V1_DESTINATION_TYPE
from exporter.formats.terraform.v1 import unsupported_values
from exporter.support.remarks import Remark, Said

_V1 = re.compile(rf"(?:^|[ .]){V1_DESTINATION_TYPE}\.")


def notes(old: Side, new: Side, one: SideScope, other: SideScope) -> Iterator[Said]:
    """Yield a warning for each destination in v1 code that has values which v1 doesn't support.

    Args:
        old: The older side.
        new: The newer side.
        one: A scope of the older side.
        other: The same account and region of the newer side.
    """
    if old.is_code and not new.is_code:
        yield from _of_code(one, other)
    elif new.is_code and not old.is_code:
        yield from _of_code(other, one)


def _of_code(code: SideScope, live: SideScope) -> Iterator[Said]:
    for identity, item in code.items.items():
        live_item = live.items.get(identity)
        if live_item is None or not _V1.search(item.at):
            continue
        unsupported = unsupported_values(live_item.values)
        if unsupported:
            reason = f"{V1_DESTINATION_TYPE} does not support {', '.join(unsupported)}"
            advice = "to the aws_sesv2 resources ('ses2iac export terraform --replaces')"
            yield Remark(
                str(identity),
                f"Terraform's next plan will replace it, because {reason}; move it {advice}",
                "event destination",
                alone=f"{item.at}: Terraform's next plan will replace {identity}, because "
                f"{reason}; move it {advice}",
            )
