"""The job of an evaluation: what it shows while the suite runs in a process of its own."""

from src.evaluation.runner.jobs import evaluation_handler
from src.jobs.running import JobRun
from src.settings import Settings


async def test_evaluation_shows_the_cases_done_of_all_that_were_asked_for(settings: Settings):
    shown: list[tuple[float, str]] = []

    async def report(progress: float, step: str) -> None:
        shown.append((progress, step))

    asked: dict[str, object] = {"suite": "core", "cases": ["en-hard-exclusion-01", "en-hard-exclusion-02"]}
    run = JobRun("job-1", "alice", "evaluation", asked, 1, None, report, lambda: False)
    outcome = await evaluation_handler(settings)(run)
    assert outcome.result["cases"] == 2
    assert set(shown) <= {(number / 2, f"{number} of 2 cases are run") for number in range(3)}
    assert shown == sorted(shown)
    assert shown[-1] == (1.0, "2 of 2 cases are run")
