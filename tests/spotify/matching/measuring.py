"""How well tracks are resolved: counted over cases whose right answer is known."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from src.spotify.app import SpotifyApp
from src.spotify.matching.models.link import Link
from src.spotify.matching.resolve import EXTRA_SEARCHES, resolve_tracks
from tests.spotify.matching.spotify_side import app_caller
from tests.spotify.matching.traps import Case

# As many as a playlist has.
BATCH = 20


@dataclass
class Figures:
    """What came of a set of cases; `by_kind` counts the outcomes of each kind of trap."""

    cases: int = 0
    resolvable: int = 0
    resolved: int = 0
    right: int = 0
    calls: int = 0
    by_kind: dict[str, Counter[str]] = field(default_factory=dict)
    wrong: list[tuple[Case, Link]] = field(default_factory=list)

    @property
    def precision(self) -> float:
        """Right among resolved."""
        return self.right / self.resolved if self.resolved else 1.0

    @property
    def share_resolved(self) -> float:
        """Resolved rightly among those that Spotify has."""
        return self.right / self.resolvable if self.resolvable else 1.0

    def add(self, case: Case, link: Link) -> None:
        self.cases += 1
        self.resolvable += bool(case.right)
        resolved = link["status"] == "resolved"
        right = resolved and link.get("uri") in case.right
        self.resolved += resolved
        self.right += right
        if right:
            outcome = "right"
        elif resolved:
            outcome = "WRONG"
        elif case.right:
            outcome = f"missed: {link['status']}"
        else:
            outcome = "refused" if link["status"] in case.statuses else f"refused as {link['status']}"
        self.by_kind.setdefault(case.kind, Counter())[outcome] += 1
        if outcome not in ("right", "refused"):
            self.wrong.append((case, link))


async def measure(app: SpotifyApp, cases: Sequence[Case], extra_searches: int = EXTRA_SEARCHES) -> Figures:
    """Resolve the cases a playlist at a time."""
    figures = Figures()
    for start in range(0, len(cases), BATCH):
        batch = cases[start : start + BATCH]
        caller = app_caller(app)
        links = await resolve_tracks(caller, [case.track for case in batch], extra_searches=extra_searches)
        figures.calls += caller.calls_made
        for case, link in zip(batch, links, strict=True):
            figures.add(case, link)
    return figures
