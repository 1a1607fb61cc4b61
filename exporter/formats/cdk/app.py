"""``app.py`` of our own CDK export: which stacks there are, and where they go."""

import ast
import re
from dataclasses import dataclass, field

from exporter.formats.cdk import target_code
from exporter.formats.cdk.files import SourceFile, constant, keywords_of


@dataclass
class App:
    """The app: which stacks there are, and where they go."""

    file: SourceFile
    account_id: str | None = None
    region: str | None = None
    has_targets: bool = False
    stacks: list[tuple[str, str]] = field(default_factory=list)
    _imported: dict[str, str] = field(default_factory=dict)

    def read(self) -> None:
        """Take it apart; every statement must be one of ours, in our order."""
        statements = iter(self.file.body())
        self._is(next(statements, None), "import aws_cdk as cdk")
        statement = next(statements, None)
        while isinstance(statement, ast.ImportFrom):
            if ast.unparse(statement) == target_code.IMPORT_TARGETS:
                self.has_targets = True
            else:
                self._import(statement)
            statement = next(statements, None)
        self._is(statement, "app = cdk.App()")
        self._environment(next(statements, None))
        if self.has_targets:
            self._is(next(statements, None), f"targets = {target_code.TARGETS_CLASS}()")
        statement = next(statements, None)
        while statement is not None and ast.unparse(statement) != "app.synth()":
            self._stack(statement)
            statement = next(statements, None)
        self._is(statement, "app.synth()")
        for more in statements:
            raise self.file.refused(more, "nothing stands below app.synth()")
        if len(self.stacks) != len(self._imported):
            raise self.file.refused(self.file.tree, "every stack that is imported is made, once")

    def _is(self, node: ast.stmt | None, text: str) -> None:
        if node is None:
            raise self.file.refused(self.file.tree, f"{text!r} is missing")
        self.file.expect(node, text)

    def _import(self, node: ast.ImportFrom) -> None:
        match node:
            case ast.ImportFrom(str(module), [ast.alias(str(name), None)], 0):
                if re.fullmatch(r"ses_stack\w*", module) and name not in self._imported:
                    self._imported[name] = module
                    return
        raise self.file.refused(node, "an import of something else than our stacks")

    def _environment(self, node: ast.stmt | None) -> None:
        match node:
            case ast.Assign(
                [ast.Name("environment")],
                ast.Call(ast.Attribute(ast.Name("cdk"), "Environment"), [], keywords),
            ):
                values = keywords_of(self.file, keywords)
                texts = {
                    name: constant(self.file, _default(name, value))
                    for name, value in values.items()
                }
                if set(texts) in ({"account", "region"}, {"region"}) and all(
                    isinstance(text, str) for text in texts.values()
                ):
                    self.account_id = texts.get("account")
                    self.region = texts["region"]
                    return
        raise self.file.refused(node or self.file.tree, "here stands the environment")

    def _stack(self, node: ast.stmt) -> None:
        match node:
            case ast.Expr(
                ast.Call(
                    ast.Name(name),
                    [ast.Name("app"), ast.Constant(str())],
                    [*targets, ast.keyword("env", ast.Name("environment"))],
                )
            ) if name in self._imported and [ast.unparse(each) for each in targets] == (
                ["targets=targets"] if self.has_targets else []
            ):
                self.stacks.append((self._imported[name], name))
                return
        raise self.file.refused(node, "here a stack is made")


def _default(name: str, node: ast.expr) -> ast.expr:
    """What a value of the environment is when the app's context does not give another."""
    match node:
        case ast.BoolOp(ast.Or(), [given, default]) if (
            ast.unparse(given) == f"app.node.try_get_context('{name}')"
        ):
            return default
    return node
