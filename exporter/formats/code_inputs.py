"""What code needs from outside to be evaluated: where it is deployed, and values it is given."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class CodeInputs:
    """What is known of code beside the code itself.

    Attributes:
        account_id: The account that it is meant for, where the code does not say it: that of the
            other side of the comparison.
        region: Its region.
        partition: Its partition.
        variables: Values of Terraform's root variables by name (``--var``).
        var_files: Files of such values (``--var-file``).
        environment: The variables of the process that Terraform reads: ``TF_VAR_NAME``,
            ``TF_WORKSPACE``, ``TF_DATA_DIR``.
    """

    account_id: str | None = None
    region: str | None = None
    partition: str | None = None
    variables: Mapping[str, str] = field(default_factory=dict)
    var_files: tuple[Path, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
