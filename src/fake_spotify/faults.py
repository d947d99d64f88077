"""Faults on demand: what goes wrong, with which call, and how often."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

type FaultKind = Literal[
    "rate_limited",
    "quota",
    "unauthorized",
    "owner_premium",
    "forbidden",
    "500",
    "502",
    "503",
    "504",
    "html",
    "half",
    "cut",
    "stall",
    "drop",
    "reset",
    "late",
]

QUOTA_SECONDS: Final = 48_925.0
STALL_SECONDS: Final = 30.0
RATE_LIMIT_SECONDS: Final = 1.0


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that goes wrong.

    Attributes:
        kind: what is answered.
            `rate_limited`: 429 with `Retry-After: seconds` (1).
            `quota`: 429 `QUOTA_EXCEEDED` with `Retry-After: seconds` (48925), and so for all calls of that
            bucket until the time is over or the faults are cleared.
            `unauthorized`: 401. `owner_premium`, `forbidden`: 403. `500` … `504`: these.
            `html`: 200 with a page.
            `half`: the call is carried out, and half of its JSON answered as if it were all.
            `cut`: the call is carried out, and the connection closes in the middle of the answer.
            `stall`: nothing for `seconds` (30); then the call goes on, if the client is still there.
            `drop`: the connection closes without an answer, after `seconds` (0). `reset`: by a TCP reset.
            `late`: as `drop`, but the call is carried out after `reads` later reads of the same thing.
        method: of the calls that are counted; None is every one.
        path: regular expression, matched from the start of the path, such as `/v1/playlists/.*/items`.
        nth: the first of the matching calls that it befalls, from 1.
        times: how many it befalls in a row; None is every one from there on.
        seconds: see `kind`.
        carried_out: whether the call is carried out all the same, before anything else happens. With
            `late`: now, and once more later.
        reads: see `late`.
    """

    kind: FaultKind
    method: str | None = None
    path: str = "/v1/"
    nth: int = 1
    times: int | None = 1
    seconds: float | None = None
    carried_out: bool = False
    reads: int = 1


@dataclass(slots=True)
class _Planned:
    fault: Fault
    path: re.Pattern[str]
    seen: int = 0


@dataclass(slots=True)
class FaultScript:
    """The faults to come, and those that have befallen a call, in order."""

    fired: list[Fault] = field(default_factory=list)
    _planned: list[_Planned] = field(default_factory=list)

    def add(self, *faults: Fault) -> None:
        """Plan faults, each of which counts the matching calls from now on; `path` must compile."""
        self._planned += [_Planned(fault, re.compile(fault.path)) for fault in faults]

    def clear(self) -> None:
        """Forget all faults, those that befell a call as well."""
        self._planned.clear()
        self.fired.clear()

    @property
    def planned(self) -> Sequence[Fault]:
        """What was planned, spent or not."""
        return [planned.fault for planned in self._planned]

    def next_for(self, method: str, path: str) -> Fault | None:
        """The fault that befalls this call, the first planned of several; every match is counted."""
        due: list[Fault] = []
        for planned in self._planned:
            fault = planned.fault
            if fault.method not in (None, method) or planned.path.match(path) is None:
                continue
            planned.seen += 1
            last = None if fault.times is None else fault.nth + fault.times
            if planned.seen >= fault.nth and (last is None or planned.seen < last):
                due.append(fault)
        if not due:
            return None
        self.fired.append(due[0])
        return due[0]
