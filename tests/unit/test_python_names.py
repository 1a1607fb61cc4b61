"""Names in CDK's Python: readable, of SES's names, and nothing that Python or a linter minds."""

import ast
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.formats.cdk.python_names import module, natural, with_names
from exporter.formats.render_context import RenderContext, SetView
from exporter.model.resources import Scope
from tests.strategies import aws_names, examples, hostile_names


def named(*names: str) -> dict[str, str]:
    """The name in Python of each set."""
    views = tuple(SetView("X", name, None, (), ()) for name in names)
    plan = RenderContext(
        Scope(account_id="123456789012", partition="aws", region="eu-west-1"), views, {}, ()
    )
    return {view.name: view.method for view in with_names(plan).sets}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("orders", "orders"),
        ("a_b", "a_b"),
        ("tenant-001", "tenant_001"),
        ("OrderEvents", "order_events"),
        ("2fa", "set_2fa"),
        ("_private", "private"),
        ("class", "class"),
        ("Lambda", "lambda"),
        ("None", "none"),
        ("CON", "con"),
        ("__init__", "init"),
        ("--", "configuration_set_d8156bae"),
    ],
)
def test_a_name_says_what_the_set_is_called(name: str, expected: str) -> None:
    assert named(name) == {name: expected}


@pytest.mark.parametrize(
    ("name", "expected"), [("Orders", "orders"), ("Class", "class_"), ("Con", "con_")]
)
def test_a_module_has_a_name_that_python_and_windows_take(name: str, expected: str) -> None:
    assert module(SetView("X", name, None, (), (), method=named(name)[name])) == expected


def test_only_names_that_collide_get_digits() -> None:
    found = named("Billing-Invoices", "billing_invoices", "default", "Default", "2fa", "set-2fa")
    assert found == {
        "Billing-Invoices": "billing_invoices_cf05ba15",
        "billing_invoices": "billing_invoices_791bb7bb",
        "default": "default",
        "Default": "default_21b111cb",
        "2fa": found["2fa"],
        "set-2fa": found["set-2fa"],
    }
    assert len(set(found.values())) == 6


@examples(150)
@given(st.sets(st.one_of(aws_names(), hostile_names(), st.text("aB1_-", min_size=1)), max_size=20))
def test_names_are_distinct_and_nobody_s_private_ones(names: set[str]) -> None:
    found = named(*sorted(names))
    assert len(set(found.values())) == len(found)
    modules = {module(SetView("X", "set", None, (), (), method=name)) for name in found.values()}
    assert len(modules) == len(found)
    assert "__init__" not in modules
    for name in found.values():
        assert re.fullmatch(r"[a-z]([a-z0-9_]*[a-z0-9])?", name)
        assert len(name) < 230
        ast.parse(f"def add_{name}() -> None: ...")
    for name in modules:
        ast.parse(f"import sets.{name}")


def test_modules_are_imported_in_the_order_of_isort() -> None:
    names = ["tenant_10", "tenant_2", "a_b", "ab", "tenant"]
    assert sorted(names, key=natural) == ["a_b", "ab", "tenant", "tenant_2", "tenant_10"]
