"""Nothing but our quoting filters lets a value into code: no filter, operator or block of Jinja."""

from collections.abc import Sequence
from typing import Any

import pytest
from jinja2 import DictLoader, Environment, Template, TemplateError
from jinja2.filters import FILTERS as DEFAULT_FILTERS
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from exporter.formats import environment, filters
from exporter.model.resources import Tag
from exporter.support.errors import ExporterError

EVIL = "${timestamp()}"
QUOTED = filters.hcl(EVIL)
GIVEN: dict[str, Any] = {
    "evil": EVIL,
    "marked": Markup(EVIL),
    "evils": [EVIL, EVIL],
    "mapping": {EVIL: EVIL},
    "mappings": [{"a": EVIL}],
    "tags": [Tag(key="a", value=EVIL)],
}

ARGUMENTS = [
    "",
    "()",
    "(0)",
    "(1)",
    "(2)",
    "(9)",
    "(evil)",
    "('a')",
    "('$', evil)",
    "('\"', '')",
    "(evil, evil)",
    "(width=evil)",
    "(width=evil, first=true)",
    "(fill_with=evil)",
    "(attribute='value')",
    "(attribute='a')",
    "(attribute=0)",
    "(start=evil)",
    "('tojson')",
    "('safe')",
    "(evil, true)",
    "(true, false, evil)",
    "(9, true, evil)",
    "(9, true, evil, 0)",
    "(chars='\"')",
    "(rel=evil)",
    "(target=evil)",
]
"""What a filter may be given, in every way that one of Jinja's takes."""


def made_from(text: str, *, own: bool = True) -> Template:
    kind = ImmutableSandboxedEnvironment if own else Environment
    return environment.make(kind, loader=DictLoader({"it": text})).get_template("it")


def rendered(text: str, *, own: bool = True) -> str:
    return made_from(text, own=own).render(GIVEN)


def smuggled(text: str, values: Sequence[Any] = (EVIL,)) -> list[str]:
    """What a template writes with a value, called ``it``, that is not as our filter quotes it."""
    found = []
    try:
        template = made_from(text)
    except (TemplateError, AssertionError):
        return []
    for value in values:
        try:
            made = template.render(GIVEN, it=value)
        except Exception:  # noqa: BLE001 - any refusal is one
            continue
        if made.replace(QUOTED, "").strip():
            found.append(f"{text} of {value!r} -> {made}")
    return found


def test_the_quoting_filters_are_not_those_of_jinja() -> None:
    assert not set(environment._CODE) & set(DEFAULT_FILTERS)


@pytest.mark.parametrize("name", sorted({*DEFAULT_FILTERS, "dedent", "camel_case"}))
@pytest.mark.slow
def test_no_filter_passes_for_a_quoting_rule(name: str) -> None:
    code = environment.Code(QUOTED)
    values = [*GIVEN.values(), code, [code], [code, EVIL], {code: EVIL}]
    found = []
    for arguments in ARGUMENTS:
        taken = f"it | {name}{arguments}"
        found += smuggled(f"{{{{ {taken} }}}}", values)
        found += smuggled(f"{{% for each in {taken} %}}{{{{ each }}}}{{% endfor %}}", values)
        inner = f"{name}{arguments} %}}{{{{ it | hcl }}}}"
        found += smuggled(f"{{% filter {inner}{{% endfilter %}}")
        found += smuggled(f"{{% set x | {inner}{{% endset %}}{{{{ x }}}}")
    assert found == []


@pytest.mark.parametrize(
    "expression",
    [
        "evil",
        "marked",
        "'x' ~ evil",
        "(evil | hcl) ~ evil",
        "evil ~ (evil | hcl)",
        "(evil | hcl) + evil",
        "evil + (evil | hcl)",
        "('%s' | python) % evil",
        "(evil | hcl)[1:-1]",
        "(evil | hcl)[1]",
        "(evil | hcl) * 2",
        "(evil | hcl).replace('\"', '')",
        "(evil | hcl).strip('\"')",
        "('a' | label).join([evil, evil])",
        "('{}' | hcl).format(evil)",
        "('a' | label).replace('a', evil)",
        "('a' | label) | replace('a', evil)",
        "(evil | hcl) | tojson",
        "[marked, evil] | join(',')",
        "joiner(evil)",
        "cycler(evil).next()",
        "lipsum()",
        "dict(a=evil).a",
        "namespace(a=evil).a",
        "self",
    ],
)
@pytest.mark.parametrize("own", [True, False])
def test_no_operator_passes_for_a_quoting_rule(expression: str, own: bool) -> None:
    with pytest.raises(ExporterError, match="without a quoting filter"):
        rendered(f"{{{{ {expression} }}}}", own=own)


@pytest.mark.parametrize(
    "text",
    [
        "{% filter upper %}{{ evil | hcl }}{% endfilter %}",
        "{% filter trim('\"') %}{{ evil | hcl }}{% endfilter %}",
        "{% filter hcl | trim('\"') %}{{ evil | hcl }}{% endfilter %}",
        "{% call '{caller}{0}'.format(evil) %}{% endcall %}",
        "{% call joiner(evil) %}{% endcall %}",
        "{% macro m() %}{{ evil }}{% endmacro %}{{ m() }}",
        "{% macro m() %}{{ evil | hcl }}{% endmacro %}{{ m() | trim('\"') }}",
        "{% macro m() %}{{ evil | hcl }}{% endmacro %}{{ m()[1:-1] }}",
        "{% macro m() %}{{ caller() ~ evil }}{% endmacro %}{% call m() %}{% endcall %}",
        "{% set x %}{{ evil | hcl }}{% endset %}{{ x[1:-1] }}",
        "{% block b %}{{ evil }}{% endblock %}",
        "{% block b %}{{ evil | hcl }}{% endblock %}{{ self.b()[1:-1] }}",
        "{% autoescape true %}{{ evil }}{% endautoescape %}",
        "{% autoescape true %}{{ marked ~ evil }}{% endautoescape %}",
        "{% autoescape evil %}{{ 'a' | hcl ~ evil }}{% endautoescape %}",
        "{% autoescape true %}{% set x | trim('\"') %}{{ evil | hcl }}{% endset %}{{ x }}"
        "{% endautoescape %}",
        "{% for x in [[evil]] recursive %}{{ x if x is string else loop(x)[1:] }}{% endfor %}",
    ],
)
def test_no_block_passes_for_a_quoting_rule(text: str) -> None:
    assert smuggled(text) == []


@pytest.mark.parametrize("own", [True, False])
@pytest.mark.parametrize(
    "text",
    [
        "{{ evil | hcl }}",
        "{% set x = evil | hcl %}{{ x }}",
        "{{ evil | hcl if evil else 'x' | hcl }}",
        "{{ (evil | hcl) | default('x' | hcl) }}",
        "{{ [evil | hcl] | first }}",
        "{{ [evil] | map('hcl') | first }}",
        "{% macro m(x) %}{{ x | hcl }}{% endmacro %}{{ m(evil) }}",
        "{% macro m() %}{{ caller() }}{% endmacro %}{% call m() %}{{ evil | hcl }}{% endcall %}",
        "{% block b %}{{ evil | hcl }}{% endblock %}",
        "{% for x in [[evil]] recursive %}{{ x | hcl if x is string else loop(x) }}{% endfor %}",
        "{% filter hcl %}{% autoescape false %}${timestamp()}{% endautoescape %}{% endfilter %}",
        "{% set x | hcl %}${timestamp()}{% endset %}{{ x }}",
        "{% macro m() %}    {{ evil | hcl }}{% endmacro %}{{ m() | dedent(4) }}",
    ],
)
def test_what_is_quoted_is_written(text: str, own: bool) -> None:
    assert rendered(text, own=own) == QUOTED


def test_dedent_cuts_spaces_only() -> None:
    assert rendered("{{ (evil | hcl) | dedent(1) }}") == QUOTED
