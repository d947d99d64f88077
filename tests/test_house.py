"""The rules of the house, held by reading the source: each check is tried on a bad example as well."""

import ast
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
MAX_LINES = 400
# A reader is one grammar, read from top to bottom: a part of it alone has no subject of its own.
LONG_READERS = (
    "src/understanding/message.py",
    "src/understanding/names.py",
    "src/understanding/playlist/contour.py",
)
VAGUE_NAMES = frozenset({"util", "utils", "helper", "helpers", "base", "service", "manager"})
HOMES = {"BaseModel": "src/jobs/models/messages.py", "BaseSettings": "src/settings.py"}
# Tests of what no module does alone, each with the reason.
ACROSS_MODULES = {
    "tests/test_house.py": "reads all source",
    "tests/api/test_routes.py": "asks every route",
    "tests/test_readme.py": "reads the README",
    "tests/catalogue/importing/test_kills.py": "kills imports as they run",
    "tests/catalogue/test_engines.py": "holds both engines to one contract",
    "tests/cli/test_processes.py": "runs commands beside a server of its own",
    "tests/constraints/test_credited.py": "follows a credit through every constraint that counts artists",
    "tests/evaluation/runner/test_suites.py": "reads the suites that ship",
    "tests/jobs/test_rabbit_server.py": "needs a broker",
    "tests/playlists/solver/test_feasibility.py": "holds lists against every list there is",
    "tests/spotify/auth/test_secrets.py": "looks for secrets in all that is written",
    "tests/spotify/client/test_send_failures.py": "what `send` does with refusals",
    "tests/spotify/client/test_send_limits.py": "what `send` does at limits",
    "tests/spotify/client/test_send_sockets.py": "what `send` does over real sockets",
    "tests/spotify/matching/test_figures.py": "measures matching as a whole",
    "tests/spotify/matching/test_scoring.py": "how well tracks match a query",
    "tests/spotify/sync/test_faults.py": "saves under every fault",
    "tests/understanding/playlist/test_bounds.py": "bounds all readers of a prompt",
    "tests/understanding/test_bounds.py": "bounds all readers of a message",
}
# Folders whose tests are each of one workflow, or of code outside `src`.
WORKFLOW_FOLDERS = ("tests/integration/", "tests/browser/", "tests/benchmarks/")
EMPTY_WORDS = frozenset({"a", "an", "the", "its", "of", "this", "tag", "value", "it", "is"})

# The beginning of an example.
TYPED = "from typing import TypedDict\nclass A(TypedDict):\n"

type Check = Callable[[str, str], list[str]]


# The checks: each takes a path and its text, and returns what is wrong there.


def misplaced_typed_dicts(path: str, text: str) -> list[str]:
    """A TypedDict is defined in a `models` folder and nowhere else."""
    if "models" in Path(path).parts[:-1]:
        return []
    tree = ast.parse(text)
    names = imported_names(tree)
    found = [f"{path}:{class_.lineno} {class_.name}" for class_ in typed_dicts(tree)]
    return found + [
        f"{path}:{node.lineno} TypedDict(…)"
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and full_name(node.func, names).endswith(".TypedDict")
    ]


def misplaced_models(path: str, text: str) -> list[str]:
    """`BaseModel` and `BaseSettings` are each known in one file; other ways to make a model in none."""
    tree = ast.parse(text)
    names = imported_names(tree)
    found = []
    for node in ast.walk(tree):
        known = [full_name(node, names)] if isinstance(node, ast.Name | ast.Attribute) else []
        if isinstance(node, ast.ImportFrom):
            known = [f"{node.module}.{alias.name}" for alias in node.names]
        for name in known:
            module, _, last = name.rpartition(".")
            is_pydantic = module.partition(".")[0] in ("pydantic", "pydantic_settings")
            is_model = last in (*HOMES, "RootModel", "create_model")
            if is_pydantic and is_model and HOMES.get(last) != path:
                found.append(f"{path}:{getattr(node, 'lineno', 0)} {last}")
    return list(dict.fromkeys(found))


def mute_fields(path: str, text: str) -> list[str]:
    """Every field of a TypedDict has a docstring that says more than the field's name."""
    found = []
    for class_ in typed_dicts(ast.parse(text)):
        for field, after in zip(class_.body, [*class_.body[1:], None], strict=True):
            if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name):
                docstring = docstring_of(after)
                if not says_something(field.target.id, docstring):
                    found.append(f"{path}:{field.lineno} {class_.name}.{field.target.id}: {docstring!r}")
    return found


def too_long(path: str, text: str) -> list[str]:
    """No file is over 400 lines, but the named readers."""
    lines = text.count("\n")
    return [f"{path}: {lines} lines"] if lines > MAX_LINES and path not in LONG_READERS else []


def vague_names(path: str, _text: str) -> list[str]:
    """A module or a package is named for its subject."""
    return [f"{path}: {part}" for part in Path(path).with_suffix("").parts if part.strip("_") in VAGUE_NAMES]


def open_dicts(path: str, text: str) -> list[str]:
    """There is no `dict[…, Any]`: open JSON is `dict[str, object]`."""
    tree = ast.parse(text)
    names = imported_names(tree)
    return [
        f"{path}:{node.lineno} {ast.unparse(node)}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Subscript)
        and full_name(node.value, names).rpartition(".")[2].lower() in ("dict", "mapping", "mutablemapping")
        and any(full_name(part, names) in ("typing.Any", "typing_extensions.Any") for part in parts_of(node))
    ]


# What the checks read.


def imported_names(tree: ast.Module) -> dict[str, str]:
    """The full names of what a module imports, by the names that it has there."""
    names: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            names |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Import):
            names |= {alias.asname or alias.name: alias.name for alias in node.names}
    return names


def full_name(node: ast.expr, names: Mapping[str, str]) -> str:
    """`typing.Any` for `Any`, `t.Any` or whatever it was imported as; empty for what is no name."""
    if isinstance(node, ast.Name):
        return names.get(node.id, node.id)
    if isinstance(node, ast.Attribute):
        return f"{full_name(node.value, names)}.{node.attr}"
    return ""


def parts_of(node: ast.Subscript) -> list[ast.expr]:
    return [part for part in ast.walk(node.slice) if isinstance(part, ast.expr)]


def typed_dicts(tree: ast.Module) -> Iterator[ast.ClassDef]:
    """Classes that are TypedDicts, those derived from another of the same file among them."""
    names = imported_names(tree)
    known: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            bases = [full_name(base, names) for base in node.bases]
            if any(base.endswith(".TypedDict") or base in known for base in bases):
                known.add(node.name)
                yield node


def docstring_of(node: ast.stmt | None) -> str:
    """The text of a bare string."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return str(node.value.value)
    return ""


def says_something(field: str, docstring: str) -> bool:
    """Three words are enough; of fewer, one must be neither empty nor a word of the field's own name."""
    words = re.findall(r"\w+", docstring.lower())
    own = {form for word in field.lower().split("_") for form in (word, f"{word}s", word.removesuffix("s"))}
    return len(words) >= 3 or bool(set(words) - own - EMPTY_WORDS)


def unmirrored(path: str, modules: frozenset[str]) -> bool:
    """Whether a test's path is that of no module or package; a `models` folder may be left out."""
    if path in ACROSS_MODULES or path.startswith(WORKFLOW_FOLDERS):
        return False
    folder = Path("src", *Path(path).parts[1:-1])
    name = Path(path).stem.removeprefix("test_")
    mirrored = (folder / f"{name}.py", folder / name / "__init__.py", folder / "models" / f"{name}.py")
    return not modules.intersection(map(str, mirrored))


def module_cycle(sources: Mapping[str, str]) -> list[str]:
    """Modules that import each other as they load, in a circle; empty when there are none."""
    modules = {path.removesuffix(".py").removesuffix("/__init__").replace("/", "."): path for path in sources}
    imports: dict[str, set[str]] = {}
    for module, path in modules.items():
        imports[module] = set()
        for node in ast.parse(sources[path]).body:
            if isinstance(node, ast.ImportFrom):
                named = {str(node.module)} | {f"{node.module}.{alias.name}" for alias in node.names}
            elif isinstance(node, ast.Import):
                named = {alias.name for alias in node.names}
            else:
                continue
            imports[module] |= named & modules.keys() - {module}
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


@cache
def source() -> dict[str, str]:
    """The text of every module by its path."""
    files = sorted((ROOT / "src").rglob("*.py"))
    return {str(file.relative_to(ROOT)): file.read_text(encoding="utf-8") for file in files}


# The whole tree.


@pytest.mark.parametrize(
    "check", [misplaced_typed_dicts, misplaced_models, mute_fields, too_long, vague_names, open_dicts]
)
def test_source_when_checked(check: Check) -> None:
    assert [wrong for path, text in source().items() for wrong in check(path, text)] == []


def test_source_has_no_module_cycle() -> None:
    assert module_cycle(source()) == []


def test_tests_mirror_the_source() -> None:
    tests = [str(path.relative_to(ROOT)) for path in sorted((ROOT / "tests").rglob("test_*.py"))]
    assert [path for path in tests if unmirrored(path, frozenset(source()))] == []


def test_exceptions_are_still_needed() -> None:
    assert [path for path in LONG_READERS if source().get(path, "").count("\n") <= MAX_LINES] == []
    assert [path for path in ACROSS_MODULES if not (ROOT / path).is_file()] == []


# Every check, on examples.


@pytest.mark.parametrize(
    ("check", "path", "text"),
    [
        (misplaced_typed_dicts, "src/a/b.py", TYPED + "  ..."),
        (
            misplaced_typed_dicts,
            "src/a/models.py",
            "from typing_extensions import TypedDict as T\nclass A(T, closed=True): ...",
        ),
        (
            misplaced_typed_dicts,
            "src/a.py",
            "def f():\n  import typing as t\n  class A(t.TypedDict, t.Generic[int]): ...",
        ),
        (misplaced_typed_dicts, "src/a.py", "from typing import TypedDict\nA = TypedDict('A', {'b': int})"),
        (misplaced_models, "src/a/models/b.py", "from pydantic import BaseModel\nclass A(BaseModel): ..."),
        (misplaced_models, "src/a.py", "import pydantic\nclass A(pydantic.BaseModel): ..."),
        (misplaced_models, "src/a.py", "from pydantic import create_model as c"),
        (misplaced_models, "src/jobs/models/messages.py", "from pydantic_settings import BaseSettings"),
        (misplaced_models, "src/settings.py", "from pydantic import BaseModel as B"),
        (mute_fields, "src/a/models/b.py", TYPED + "  b: int"),
        (mute_fields, "src/a/models/b.py", TYPED + "  kind: int\n  '''Tag.'''"),
        (mute_fields, "src/a/models/b.py", TYPED + "  track_id: str\n  '''The track.'''"),
        (mute_fields, "src/a/models/b.py", TYPED + "  b: int\n  c: int\n  '''How many there are.'''"),
        (mute_fields, "src/a/models/b.py", TYPED + "  '''All of it.'''\nclass B(A):\n  b: int"),
        (too_long, "src/a.py", "a = 1\n" * (MAX_LINES + 1)),
        (vague_names, "src/a/utils.py", ""),
        (vague_names, "src/a/_base.py", ""),
        (vague_names, "src/helpers/b.py", ""),
        (open_dicts, "src/a.py", "from typing import Any\nb: dict[str, Any] = {}"),
        (open_dicts, "src/a.py", "import typing as t\ndef f(a: list[t.Mapping[str, t.Any | None]]): ..."),
        (open_dicts, "src/a.py", "from typing import Any as X, Dict\ntype A = Dict[str, list[X]]"),
    ],
)
def test_check_when_the_source_breaks_its_rule_names_the_place(check: Check, path: str, text: str) -> None:
    wrong = check(path, text)
    assert wrong
    assert all(place.startswith(path) for place in wrong)


@pytest.mark.parametrize(
    ("check", "path", "text"),
    [
        (misplaced_typed_dicts, "src/a/tools/models/b.py", TYPED + "  ..."),
        (misplaced_typed_dicts, "src/a.py", "from a.models.b import A\nclass B(Exception): ..."),
        (misplaced_models, HOMES["BaseModel"], "from pydantic import BaseModel\nclass A(BaseModel): ..."),
        (misplaced_models, HOMES["BaseSettings"], "from pydantic_settings import BaseSettings"),
        (misplaced_models, "src/a.py", "from pydantic import TypeAdapter\nfrom a import BaseModel"),
        (mute_fields, "src/a/models/b.py", TYPED + "  '''It.'''\n  at: str\n  '''ISO time.'''"),
        (mute_fields, "src/a/models/b.py", TYPED + "  track: str\n  '''As the catalogue has it.'''"),
        (mute_fields, "src/a.py", "from dataclasses import dataclass\n@dataclass\nclass A:\n  b: int"),
        (too_long, "src/a.py", "a = 1\n" * MAX_LINES),
        (too_long, LONG_READERS[0], "a = 1\n" * (MAX_LINES + 1)),
        (vague_names, "src/a/database.py", ""),
        (open_dicts, "src/a.py", "from typing import Any\nb: dict[str, object] = {}\nc: list[Any] = []"),
    ],
)
def test_check_when_the_source_keeps_its_rule_finds_nothing(check: Check, path: str, text: str) -> None:
    assert check(path, text) == []


@pytest.mark.parametrize(
    "path", ["tests/test_b.py", "tests/a/test_c.py", "tests/a/c/test_b.py", "tests/b/test_b.py"]
)
def test_unmirrored_when_no_module_has_that_path(path: str) -> None:
    assert unmirrored(path, frozenset({"src/a/b.py", "src/c.py", "src/a/c/d.py"}))


@pytest.mark.parametrize(
    "path",
    [
        "tests/a/test_b.py",
        "tests/test_a.py",
        "tests/a/test_d.py",
        "tests/integration/test_x.py",
        *ACROSS_MODULES,
    ],
)
def test_unmirrored_when_there_is_such_a_module_or_a_reason(path: str) -> None:
    assert not unmirrored(path, frozenset({"src/a/b.py", "src/a/__init__.py", "src/a/models/d.py"}))


@pytest.mark.parametrize(
    "sources",
    [
        {"src/a.py": "from src.b import x", "src/b.py": "import src.a"},
        {
            "src/a/b.py": "from src.a import c",
            "src/a/c.py": "from src.d import e",
            "src/d.py": "from src.a.b import e",
        },
        {"src/a/__init__.py": "from src.a.b import c", "src/a/b.py": "from src.a import d"},
    ],
)
def test_module_cycle_when_modules_import_each_other_names_them(sources: dict[str, str]) -> None:
    assert len(set(module_cycle(sources))) == len(sources)


def test_module_cycle_when_a_function_imports_later_is_none() -> None:
    later = "from src.c import y\ndef f():\n  from src.b import x"
    assert module_cycle({"src/a.py": later, "src/b.py": "from src.a import f", "src/c.py": ""}) == []
