"""The cases of a run counted by what they are about."""

from collections.abc import Sequence
from dataclasses import dataclass

from src.evaluation.models.run import CaseRun


@dataclass(frozen=True, slots=True)
class KindCount:
    """Cases of one kind; those that are not blind are sighted."""

    kind: str
    cases: int
    passed: int
    blind_cases: int
    blind_passed: int

    @property
    def share(self) -> float:
        """Share of the cases that passed, 0 to 1."""
        return self.passed / self.cases if self.cases else 0.0

    @property
    def blind(self) -> str:
        """Passed of the blind ones: `3/4`."""
        return _out_of(self.blind_passed, self.blind_cases)

    @property
    def sighted(self) -> str:
        """Passed of the sighted ones."""
        return _out_of(self.passed - self.blind_passed, self.cases - self.blind_cases)


def count_cases(kind: str, cases: Sequence[CaseRun]) -> KindCount:
    """These cases, counted under this name."""
    blind = [case for case in cases if case["blind"]]
    return KindCount(
        kind,
        len(cases),
        sum(case["passed"] for case in cases),
        len(blind),
        sum(case["passed"] for case in blind),
    )


def count_kinds(cases: Sequence[CaseRun]) -> list[KindCount]:
    """One count a kind, by name."""
    kinds: dict[str, list[CaseRun]] = {}
    for case in cases:
        kinds.setdefault(case["kind"], []).append(case)
    return [count_cases(kind, kinds[kind]) for kind in sorted(kinds)]


def _out_of(passed: int, cases: int) -> str:
    return f"{passed}/{cases}" if cases else "-"
