"""An account whose targets exist: whatever stands for their ARNs, nothing is to be changed."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from exporter.demo.account import REGION
from tests.acceptance.conftest import Account, with_provider
from tests.support import Engines, Terraform, ministack, ses2iac_process

pytestmark = pytest.mark.engine("terraform")

ROLE = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "ses.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    ],
}


@pytest.fixture(scope="module")
def terraform(engines: Engines) -> Terraform:
    return engines.terraform()


@pytest.fixture(scope="module")
def account(engines: Engines, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Account]:
    """Sets that publish to a topic, a stream by a role, and the default bus; all of them exist."""
    with (
        ministack(engines.ministack(), tmp_path_factory.mktemp("ministack")) as url,
        with_provider(Account(url), engines.terraform()) as made,
    ):
        create(made)
        yield made


def create(account: Account) -> None:
    topic = account.client("sns").create_topic(Name="mail-bounces")["TopicArn"]
    iam: Any = boto3.client(
        "iam",
        region_name=REGION,
        endpoint_url=account.url,
        aws_access_key_id="testing",
        aws_secret_access_key="testing",
    )
    role = iam.create_role(RoleName="ses-to-firehose", AssumeRolePolicyDocument=json.dumps(ROLE))[
        "Role"
    ]["Arn"]
    account.client("s3").create_bucket(
        Bucket="mail-archive", CreateBucketConfiguration={"LocationConstraint": REGION}
    )
    stream = account.client("firehose").create_delivery_stream(
        DeliveryStreamName="mail-archive",
        DeliveryStreamType="DirectPut",
        ExtendedS3DestinationConfiguration={
            "RoleARN": role,
            "BucketARN": "arn:aws:s3:::mail-archive",
        },
    )["DeliveryStreamARN"]
    bus = account.client("events").describe_event_bus(Name="default")["Arn"]
    ses = account.sesv2
    ses.create_configuration_set(ConfigurationSetName="orders")
    for name, target in {
        "bounces": {"SnsDestination": {"TopicArn": topic}},
        "archive": {
            "KinesisFirehoseDestination": {"IamRoleArn": role, "DeliveryStreamArn": stream}
        },
        "bus": {"EventBridgeDestination": {"EventBusArn": bus}},
        "elsewhere": {
            "SnsDestination": {"TopicArn": "arn:aws:sns:us-east-1:210987654321:mail-bounces"}
        },
    }.items():
        ses.create_configuration_set_event_destination(
            ConfigurationSetName="orders",
            EventDestinationName=name,
            EventDestination={"Enabled": True, "MatchingEventTypes": ["BOUNCE"], **target},
        )


def export(account: Account, folder: Path, format_: str, *arguments: str) -> None:
    ran = ses2iac_process(
        "export", format_, "--out", str(folder), *arguments, env=account.environment
    )
    assert ran.code == 0, ran.err


def plan(terraform: Terraform, folder: Path, account: Account) -> Any:
    """The plan as JSON, after looks at format and validity."""
    env = account.environment
    fmt = terraform.run(folder, "fmt", "-check", "-diff", "-recursive")
    assert (fmt.code, fmt.out) == (0, "")
    terraform.lend_provider(folder)
    valid = json.loads(terraform.run(folder, "validate", "-json", env=env).out)
    assert (valid["valid"], valid["diagnostics"]) == (True, [])
    planned = terraform.run(folder, "plan", "-input=false", "-no-color", "-out=plan.bin", env=env)
    assert planned.code == 0, planned.err
    return json.loads(terraform.run(folder, "show", "-json", "plan.bin", env=env).out)


# In pairs: a layout moves the blocks, and no mode writes other ones for it.
@pytest.mark.parametrize(
    ("mode", "layout"),
    [("portable", "resources"), ("variables", "per-set"), ("data", "per-set")],
)
def test_the_plan_imports_everything_and_changes_nothing(
    terraform: Terraform, account: Account, tmp_path: Path, mode: str, layout: str
) -> None:
    folder = tmp_path / "infra"
    export(account, folder, "terraform", f"--references={mode}", f"--layout={layout}")
    name = "event_destinations.tf" if layout == "resources" else "orders.tf"
    assert "arn:aws:sns:eu-west-1" not in (folder / name).read_text()
    changes = [each["change"] for each in plan(terraform, folder, account)["resource_changes"]]
    assert [each["actions"] for each in changes] == [["no-op"]] * 5
    assert all("importing" in each for each in changes)
    same = ses2iac_process("diff", str(folder), "live", "--strict", env=account.environment)
    assert same.code == 0, same.out + same.err
    if (mode, layout) != ("data", "per-set"):
        # The others take their values in the same way, and a plan more takes its time.
        return
    verified = ses2iac_process(
        "verify", str(folder), env={**account.environment, **terraform.environment}
    )
    assert verified.code == 0, verified.out + verified.err


def test_a_map_leads_to_resources_that_are_in_code_already(
    terraform: Terraform, account: Account, tmp_path: Path
) -> None:
    folder = tmp_path / "infra"
    map_ = tmp_path / "map.toml"
    map_.write_text('[terraform]\n"arn:aws:sns:eu-west-1:*:mail-bounces" = "aws_sns_topic.b.arn"\n')
    export(account, folder, "terraform", f"--map={map_}")
    topic = "arn:aws:sns:eu-west-1:000000000000:mail-bounces"
    (folder / "topics.tf").write_text(
        'resource "aws_sns_topic" "b" {\n  name = "mail-bounces"\n}\n\n'
        f'import {{\n  to = aws_sns_topic.b\n  id = "{topic}"\n}}\n'
    )
    changes = plan(terraform, folder, account)["resource_changes"]
    of_ses = [each["change"] for each in changes if each["type"].startswith("aws_sesv2")]
    assert [each["actions"] for each in of_ses] == [["no-op"]] * 5


@pytest.mark.parametrize(
    ("format_", "mode", "layout"),
    [
        ("cloudformation", "portable", ()),
        ("cloudformation", "variables", ()),
        *(
            ("cdk", mode, (f"--layout={layout}",))
            for mode in ("portable", "variables", "data")
            for layout in ("resources", "per-set")
        ),
    ],
)
def test_other_formats_say_what_is_live(
    account: Account, tmp_path: Path, format_: str, mode: str, layout: tuple[str, ...]
) -> None:
    folder = tmp_path / "infra"
    export(account, folder, format_, f"--references={mode}", *layout)
    same = ses2iac_process("diff", str(folder), "live", "--strict", env=account.environment)
    assert same.code == 0, same.out + same.err
