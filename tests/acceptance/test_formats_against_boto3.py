"""What the installed command writes, read back, against what boto3 reads from ministack."""

from pathlib import Path

import pytest

from exporter.formats.fidelity import assess
from exporter.formats.loading import load_format
from exporter.formats.registry import FormatName
from exporter.model.resources import Scope
from tests.acceptance import accounts
from tests.acceptance.conftest import Account
from tests.readback import read_cdk, read_cloudformation, read_terraform
from tests.support import ses2iac_process

pytestmark = pytest.mark.engine("ministack")

_READERS = {
    FormatName.TERRAFORM: read_terraform,
    FormatName.CLOUDFORMATION: read_cloudformation,
    FormatName.CDK: read_cdk,
}


@pytest.mark.parametrize("format_name", FormatName)
def test_an_export_holds_what_boto3_reads(
    ministack_account: Account, format_name: FormatName, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    ran = ses2iac_process(
        "export", format_name, "--out", str(out), env=ministack_account.environment
    )
    assert ran.code == 0, ran.err
    files = {file.name: file.read_text() for file in out.iterdir()}
    live = Scope(
        account_id="000000000000",
        partition="aws",
        region="eu-west-1",
        configuration_sets=accounts.read(ministack_account.sesv2),
    )
    expected = assess(live, load_format(format_name).judge, configuration_sets=True).scope
    assert _READERS[format_name](files) == expected.configuration_sets
