"""`/v1/evaluations`: suites run as jobs, with their reports."""

from typing import Annotated

from fastapi import APIRouter, Header, Path, Response

from src.api.dependencies import ListenerOf, ServiceOf
from src.api.jobs import accepted, submit_job
from src.api.models.bodies import EvaluationLines
from src.api.models.playlists import JobAnswer
from src.evaluation.models.run import EVALUATION_REQUEST, RUN, EvaluationRequest, Run
from src.evaluation.report.page import render_page
from src.evaluation.runner.jobs import check_evaluation, get_run, list_runs

router = APIRouter(prefix="/v1/evaluations", tags=["evaluations"])

RunId = Annotated[str, Path(min_length=1, max_length=64)]
_HTML = "text/html; charset=utf-8"
_PAGE_DOC = {
    "description": "The report as one page that needs nothing beside it.",
    "content": {"text/html": {}},
}


@router.post("", status_code=202, response_model=JobAnswer)
async def evaluate(
    body: EvaluationRequest,
    service: ServiceOf,
    listener: ListenerOf,
    idempotency_key: Annotated[str | None, Header(min_length=1, max_length=128)] = None,
) -> Response:
    """Run a suite that ships, as a job; its result is the report."""
    check_evaluation(body, service.settings)
    request = EVALUATION_REQUEST.dump_python(body)
    return accepted(await submit_job(service, listener, "evaluation", request, idempotency_key))


@router.get("")
async def read_evaluations(service: ServiceOf, listener: ListenerOf) -> EvaluationLines:
    """Your finished evaluations, the latest first."""
    runs = await list_runs(service.agent.database, listener)
    return {
        "evaluations": [
            {
                "id": id_,
                "suite": suite,
                "created_at": at.isoformat(),
                "report": f"/v1/evaluations/{id_}/report",
            }
            for id_, at, suite in runs
        ]
    }


@router.get("/{run_id}", response_model=Run)
async def read_evaluation(run_id: RunId, service: ServiceOf, listener: ListenerOf) -> Response:
    """A run, whole: every case with its turns, constraint reports, pools and traces."""
    run = await get_run(service.agent.database, listener, run_id)
    return Response(RUN.dump_json(run), media_type="application/json")


@router.get("/{run_id}/report", response_class=Response, responses={200: _PAGE_DOC})
async def read_report(run_id: RunId, service: ServiceOf, listener: ListenerOf) -> Response:
    """The same as a page."""
    return Response(render_page(await get_run(service.agent.database, listener, run_id)), media_type=_HTML)
