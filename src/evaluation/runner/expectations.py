"""What must be true of an answer: its list, its constraint report, its brief and its words."""

from collections.abc import Iterator, Mapping

from src.catalogue.names import genre_key, name_key
from src.chat.models.answer import Answer
from src.constraints.models.brief import Constraint, ReportLine
from src.evaluation.models.case import ConstraintPart, Expectation, ExpectedLine
from src.evaluation.runner.list_checks import (
    ALWAYS,
    LIST_CHECKERS,
    Checker,
    History,
    Seen,
    has_words,
    listed,
    titled,
)


def failures(expect: Expectation, answer: Answer, history: History) -> list[str]:
    """What is not as expected, a readable sentence each; empty when the answer holds.

    Always expected: ranks count from 1, no recording and no song comes twice, and nothing of an earlier
    answer comes again unless the expectation or the message names it.
    """
    seen = Seen(answer, history)
    expected = [checker for field, checker in CHECKERS.items() if field in expect]
    return [failure for checker in (*ALWAYS, *expected) for failure in checker(expect, seen)]


def _absent(expect: Expectation, seen: Seen) -> Iterator[str]:
    lines = seen.answer["constraints"]
    is_admitted = any(
        line["kind"] in ("artist", "track", "genre") and line["verdict"] == "unmet" for line in lines
    )
    for name in expect["absent"]:
        if name_key(name) not in name_key(seen.answer["reply"]):
            yield f"the reply does not say that {name} is not in the catalogue"
        elif not is_admitted:
            yield f"the report has no unmet artist, track or genre for {name}"


def _report(expect: Expectation, seen: Seen) -> Iterator[str]:
    for wanted in expect["ledger"]:
        if not any(_is_line(wanted, line) for line in seen.answer["constraints"]):
            there = [
                f"{line['value']} {line['verdict']}"
                for line in seen.answer["constraints"]
                if line["kind"] == wanted["kind"]
            ]
            yield f"the report has no line {_shown(wanted)}; of that kind: {listed(there) or 'none'}"


def _is_line(wanted: ExpectedLine, line: ReportLine) -> bool:
    return (
        line["kind"] == wanted["kind"]
        and wanted.get("value", "").casefold() in line["value"].casefold()
        and wanted.get("verdict", line["verdict"]) == line["verdict"]
        and wanted.get("hard", line["hard"]) == line["hard"]
    )


def _constraints(expect: Expectation, seen: Seen) -> Iterator[str]:
    for part in expect["wishes"]:
        if not any(_is_constraint(part, constraint) for constraint in seen.answer["brief"]["wishes"]):
            yield f"the brief has no wish {_shown(part)}; of that kind: {_constraints_like(part, seen)}"


def _no_constraints(expect: Expectation, seen: Seen) -> Iterator[str]:
    for part in expect["no_wishes"]:
        if any(_is_constraint(part, constraint) for constraint in seen.answer["brief"]["wishes"]):
            yield f"the brief has a wish {_shown(part)}, of: {_constraints_like(part, seen)}"


def _is_constraint(part: ConstraintPart, constraint: Constraint) -> bool:
    if constraint["kind"] != part["kind"] or part.get("hard", constraint["hard"]) != constraint["hard"]:
        return False
    content = dict(constraint.items())
    if "relation" in part and content.get("relation") != part["relation"]:
        return False
    if "name" not in part:
        return True
    subjects = [value for field in _SUBJECTS if isinstance(value := content.get(field), str)]
    return any(
        name_key(subject) == name_key(part["name"])
        or (constraint["kind"] == "genre" and genre_key(subject) == genre_key(part["name"]))
        for subject in subjects
    )


# Fields of a constraint that say what it is about.
_SUBJECTS = (
    "name",
    "title",
    "genre",
    "mood",
    "tag",
    "feature",
    "language",
    "country",
    "version",
    "vocals",
    "what",
)


def _constraints_like(part: ConstraintPart, seen: Seen) -> str:
    alike = [
        ", ".join(
            f"{field} {value}"
            for field, value in constraint.items()
            if field not in ("kind", "track_id", "turn")
        )
        for constraint in seen.answer["brief"]["wishes"]
        if constraint["kind"] == part["kind"]
    ]
    return listed(alike) or "none"


def _shown(part: ExpectedLine | ConstraintPart) -> str:
    return ", ".join(f"{field} {value}" for field, value in part.items())


def _says(expect: Expectation, seen: Seen) -> Iterator[str]:
    for words in expect["says"]:
        if not has_words(words, seen.answer["reply"]):
            yield f"the reply does not say {words!r}: {seen.answer['reply']}"


def _never_says(expect: Expectation, seen: Seen) -> Iterator[str]:
    reasons = [(f"the reason of {titled(pick['track'])}", pick["reason"]) for pick in seen.picks]
    for words in expect["never_says"]:
        for where, text in [("the reply", seen.answer["reply"]), *reasons]:
            if has_words(words, text):
                yield f"{where} says {words!r}: {text}"


CHECKERS: Mapping[str, Checker] = {
    **LIST_CHECKERS,
    "absent": _absent,
    "ledger": _report,
    "wishes": _constraints,
    "no_wishes": _no_constraints,
    "says": _says,
    "never_says": _never_says,
}
