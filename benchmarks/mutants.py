"""A seeded sample of the mutants of some modules, as JSON lines. Run by mutation.py under `uv run --with`.

Usage: mutants.py FOLDER SEED SAMPLE MODULE..., each MODULE a path in FOLDER.

First a place is drawn, then one of the mutants there: a `|` has ten of them, a `not` one. Annotations are
left alone. The operators are those of cosmic-ray, and one of ours: a set or a list loses a member.
"""

import ast
import json
import random
import sys
import warnings
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.operators.operator import Operator
from cosmic_ray.plugins import get_operator, operator_names

type Place = tuple[int, int]
_TYPED = ("annotation", "returns")
# `is` for `==` seldom changes what happens; the other fails on `except module.Error`.
_LEFT_OUT = ("Eq_Is", "Eq_IsNot", "ExceptionReplacer")


class DropMember(Operator):
    """`{"never", "dislike"}` as `{"never"}` or `{"dislike"}`."""

    def mutation_positions(self, node) -> Iterator[tuple[Place, Place]]:
        if node.type not in ("dictorsetmaker", "testlist_comp") or node.parent.children[0].value not in "{[":
            return
        members = node.children[::2]
        if all(child == "," for child in node.children[1::2]) and len(members) > 1:
            for member in members:
                if member.type in ("string", "name"):
                    yield member.start_pos, member.end_pos

    def mutate(self, node, index):
        place = [start for start, _ in self.mutation_positions(node)][index]
        at = next(number for number, child in enumerate(node.children) if child.start_pos == place)
        # With the comma after it, or before it where it is the last.
        first = at if at + 1 < len(node.children) else at - 1
        node.children = node.children[:first] + node.children[first + 2 :]
        return node

    @classmethod
    def examples(cls) -> tuple[()]:
        return ()


def all_operators() -> dict[str, Operator]:
    """Those that need no arguments and are worth a run."""
    names = [name for name in sorted(operator_names()) if not name.endswith(_LEFT_OUT)]
    known = {name.partition("/")[2]: get_operator(name) for name in names}
    return {name: made() for name, made in known.items() if not made.arguments()} | {
        "DropMember": DropMember()
    }


def places(source: str, operators: dict[str, Operator]) -> dict[Place, list[tuple[str, int]]]:
    """By place the mutants there, each an operator and which of its occurrences in the module it is."""
    typed = [
        ((part.lineno, part.col_offset), (part.end_lineno, part.end_col_offset))
        for part in annotations(source)
    ]
    found: defaultdict[Place, list[tuple[str, int]]] = defaultdict(list)
    nodes = list(ast_nodes(get_ast(source)))
    for name, operator in operators.items():
        positions = [start for node in nodes for start, _ in operator.mutation_positions(node)]
        for occurrence, start in enumerate(positions):
            if not any(first <= start < last for first, last in typed):
                found[start].append((name, occurrence))
    return found


def annotations(source: str) -> Iterator[ast.expr]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.TypeAlias):
            yield node.value
        for field in _TYPED:
            if isinstance(part := getattr(node, field, None), ast.expr):
                yield part


def is_python(code: str) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            compile(code, "mutant", "exec")
        except SyntaxError:
            return False
    return True


def main(folder: Path, seed: int, sample: int, modules: list[str]) -> None:
    chance = random.Random(seed)
    operators = all_operators()
    sources = {module: (folder / module).read_text(encoding="utf-8") for module in modules}
    drawn = [
        (module, place, mutants)
        for module, source in sources.items()
        for place, mutants in sorted(places(source, operators).items())
    ]
    chance.shuffle(drawn)
    left = sample
    for module, (line, _), mutants in drawn:
        if not left:
            return
        name, occurrence = chance.choice(mutants)
        code = mutate_code(sources[module], operators[name], occurrence)
        if code and code != sources[module] and is_python(code):
            left -= 1
            print(json.dumps({"module": module, "line": line, "operator": name, "code": code}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4:])
