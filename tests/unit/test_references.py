"""What stands for a target's ARN: taken apart, named, and read back as the same ARN."""

import shutil
from pathlib import Path

import pytest

from exporter.formats.cdk.references import modules_of
from exporter.formats.labels import TERRAFORM
from exporter.formats.reference_labels import label_targets
from exporter.formats.references import Expression, MapLine, ReferenceOptions
from exporter.model.arns import TargetArn, parse
from exporter.model.resources import Scope
from exporter.model.targets import BUS, ROLE, TOPIC, ArnType
from tests.goldens import Case, cases
from tests.support import ses2iac

SCOPE = Scope(account_id="123456789012", partition="aws", region="eu-west-1")
GOLDENS = [
    (case, format_)
    for case in cases()
    if "/references_" in case.name or "/per_set_" in case.name
    for format_ in case.formats
]


def topic(name: str, region: str = "eu-west-1", account: str = "123456789012") -> TargetArn:
    return TargetArn(TOPIC, f"arn:aws:sns:{region}:{account}:{name}")


@pytest.mark.parametrize(
    ("kind", "arn", "name"),
    [
        (TOPIC, "arn:aws:sns:eu-west-1:123456789012:a_b-c", "a_b-c"),
        (ROLE, "arn:aws-cn:iam::123456789012:role/x/y", "x/y"),
        (BUS, "arn:aws:events:eu-west-1:123456789012:event-bus/default", "default"),
        (TOPIC, "arn:aws:sns:eu-west-1:123456789012:a${b}", None),
        (TOPIC, 'arn:aws:sns:eu-west-1:123456789012:a"b', None),
        (TOPIC, "arn:aws:sqs:eu-west-1:123456789012:a", None),
        (TOPIC, "arn:aws:sns::123456789012:a", None),
        (ROLE, "arn:aws:iam:eu-west-1:123456789012:role/a", None),
        (ROLE, "arn:aws:iam::123456789012:role/a//b", None),
    ],
)
def test_an_arn_is_taken_apart_or_left_alone(kind: ArnType, arn: str, name: str | None) -> None:
    found = parse(TargetArn(kind, arn))
    assert (found.name if found else None) == name


def test_a_name_is_the_targets_and_does_not_depend_on_others() -> None:
    own, other, far = topic("mail"), topic("mail", "us-east-1"), topic("mail", account="2" * 12)
    expected = {
        own: "mail_topic_arn",
        other: "mail_topic_us_east_1_arn",
        far: "mail_topic_222222222222_arn",
    }
    assert label_targets(expected, SCOPE, TERRAFORM, "arn") == expected
    for target, label in expected.items():
        assert label_targets([target], SCOPE, TERRAFORM, "arn") == {target: label}
    assert label_targets([topic("mail-topic")], SCOPE, TERRAFORM, "arn") == {
        topic("mail-topic"): "mail_topic_arn"
    }


def test_the_line_that_names_an_arn_counts_before_those_that_match_it() -> None:
    lines = tuple(
        MapLine(pattern, Expression(pattern)) for pattern in ("arn:*:a", "arn:x:*", "arn:x:a")
    )
    choice = ReferenceOptions(lines=lines)
    found = [choice.line_for(arn) for arn in ("arn:x:a", "arn:x:b", "arn:y:a", "arn:y:b")]
    assert found == [lines[2], lines[1], lines[0], None]


def test_an_expression_brings_the_modules_that_it_needs() -> None:
    assert modules_of("cdk.Fn.import_value('a')") == ["import aws_cdk as cdk"]
    assert modules_of("aws_sns.Topic(self, 'T').topic_arn") == ["from aws_cdk import aws_sns"]
    assert modules_of("self.topics['a'] + ''.join(x for x in self.y)") == []
    for code in ("open('f')", "__import__('os')", "topics.a"):
        with pytest.raises(ValueError, match="doesn't have the name"):
            modules_of(code)


@pytest.mark.parametrize(("case", "format_"), GOLDENS, ids=lambda each: getattr(each, "name", each))
def test_an_export_is_read_back_as_what_it_was_made_from(
    case: Case, format_: str, capsys: pytest.CaptureFixture[str]
) -> None:
    ran = ses2iac(capsys, "diff", str(case.folder / format_), str(case.folder / case.source))
    assert ran.code == 0, ran.out + ran.err


@pytest.mark.parametrize("mode", ["portable", "variables", "data"])
def test_another_topic_is_a_difference(
    mode: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The reading back can fail: a test that cannot would prove nothing."""
    name = f"references_{mode}"
    (case,) = (case for case, _ in GOLDENS if case.name.endswith(name) and _ == "terraform")
    source = tmp_path / "live.json"
    shutil.copy(case.folder / case.source, source)
    text = source.read_text().replace(":mail-archive", ":mail-other").replace("/default", "/other")
    source.write_text(text)
    ran = ses2iac(capsys, "diff", str(case.folder / "terraform"), str(source))
    assert ran.code == 3
    assert "event-bus/other" in ran.out


def test_a_variable_has_the_value_that_stands_beside_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (case,) = (
        c for c, f in GOLDENS if c.name.endswith("references_variables") and f == "terraform"
    )
    folder = tmp_path / "infra"
    shutil.copytree(case.folder / "terraform", folder)
    (folder / "terraform.tfvars").write_text('mail_archive_stream_arn = "arn:other"\n')
    ran = ses2iac(capsys, "diff", str(folder), str(case.folder / case.source))
    assert ran.code == 3
    assert "arn:other" in ran.out
