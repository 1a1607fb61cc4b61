"""Index the blocks of one folder of Terraform code by name, without evaluating anything."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from exporter.formats.terraform.hcl.json_syntax import ENDING
from exporter.formats.terraform.hcl.relevance import is_override
from exporter.formats.terraform.hcl.syntax import Block, Expression, parse
from exporter.formats.terraform.names import NAME_ARGUMENTS
from exporter.support.errors import ExporterError

CODE = (".tf", ".tofu", *ENDING)


@dataclass
class Config:
    """What the files of one folder declare.

    Attributes:
        resources: The ``resource`` blocks by address, in file order.
        data: The ``data`` blocks by address without ``data.``.
        variables: The ``variable`` blocks by name.
        locals: The expressions of locals by name.
        outputs: The ``output`` blocks by name.
        calls: The ``module`` blocks by name.
        providers: The ``provider`` blocks, in file order.
        imports: The ``import`` blocks, in file order.
        overrides: The file and line of each override, by the overridden address.
    """

    resources: dict[str, Block] = field(default_factory=dict)
    data: dict[str, Block] = field(default_factory=dict)
    variables: dict[str, Block] = field(default_factory=dict)
    locals: dict[str, Expression] = field(default_factory=dict)
    outputs: dict[str, Block] = field(default_factory=dict)
    calls: dict[str, Block] = field(default_factory=dict)
    providers: list[Block] = field(default_factory=list)
    imports: list[Block] = field(default_factory=list)
    overrides: dict[str, str] = field(default_factory=dict)

    @property
    def ses(self) -> list[str]:
        """The addresses of its SES resources."""
        return [a for a, block in self.resources.items() if block.labels[0] in NAME_ARGUMENTS]


def read(files: Mapping[str, str]) -> Config:
    """Read the blocks of some files.

    Args:
        files: The texts by path, as the user sees it.

    Raises:
        ExporterError: when a file isn't Terraform code, or something is declared twice.
    """
    config = Config()
    for path, text in files.items():
        if path.endswith(CODE):
            note = _note_override if is_override(path) else _declare
            for block in parse(text, path).blocks:
                note(config, block)
    return config


def _note_override(config: Config, block: Block) -> None:
    """Note what an override file changes: it becomes unknown, as only Terraform merges files."""
    label = ".".join(block.labels)
    if block.type == "locals":
        names = [f"local.{name}" for name in block.body.attributes]
    elif block.type == "resource":
        names = [label]
    else:
        prefix = {"variable": "var"}.get(block.type, block.type)
        names = [f"{prefix}.{label}"]
    for name in names:
        config.overrides[name] = block.where


def _declare(config: Config, block: Block) -> None:
    if block.type in _DECLARATIONS:
        _DECLARATIONS[block.type](config, block)


def _declare_by_labels(
    count: int, prefix: str, blocks_in: Callable[[Config], dict[str, Block]]
) -> Callable[[Config, Block], None]:
    def declare(config: Config, block: Block) -> None:
        if len(block.labels) == count:
            address = ".".join(block.labels)
            _refuse_duplicate(f"{prefix}{address}", blocks_in(config).get(address), block.where)
            blocks_in(config)[address] = block

    return declare


def _declare_locals(config: Config, block: Block) -> None:
    for name, expression in block.body.attributes.items():
        _refuse_duplicate(f"local.{name}", config.locals.get(name), expression.where)
        config.locals[name] = expression


def _declare_provider(config: Config, block: Block) -> None:
    if len(block.labels) == 1:
        config.providers.append(block)


def _declare_import(config: Config, block: Block) -> None:
    config.imports.append(block)


_DECLARATIONS: Final[Mapping[str, Callable[[Config, Block], None]]] = {
    "data": _declare_by_labels(2, "data.", lambda config: config.data),
    "import": _declare_import,
    "locals": _declare_locals,
    "module": _declare_by_labels(1, "module.", lambda config: config.calls),
    "output": _declare_by_labels(1, "output.", lambda config: config.outputs),
    "provider": _declare_provider,
    "resource": _declare_by_labels(2, "", lambda config: config.resources),
    "variable": _declare_by_labels(1, "var.", lambda config: config.variables),
}


def _refuse_duplicate(what: str, first: Block | Expression | None, where: str) -> None:
    if first is not None:
        raise ExporterError(
            f"{what} is declared twice, first at {first.where}",
            where=where,
            hint="rename or remove one of the two; Terraform refuses it too",
        )
