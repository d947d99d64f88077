"""`/v1/rules`: the taste rules of the listener, one by one and as a whole; as JSON and as TOML."""

from typing import Annotated

from fastapi import APIRouter, Depends, Header, Path, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.exceptions import HTTPException

from src.api.dependencies import ListenerOf, ServiceOf
from src.chat.taste_rules import add_rule, replace_rule, replace_rules
from src.preferences.models.taste_rule import RULE_SET, TASTE_RULES, RuleBody, TasteRule, TasteRules
from src.preferences.store import delete_all, delete_rule, get_rule, list_rules
from src.preferences.toml_file import MEDIA_TYPE as TOML
from src.preferences.toml_file import read_toml, write_toml

router = APIRouter(prefix="/v1/rules", tags=["taste rules"])

RuleId = Annotated[str, Path(min_length=1, max_length=64)]
Accept = Annotated[str, Header(description=f"`{TOML}` for a file to read and keep.")]

_TOML_DOC = {"schema": {"type": "string"}, "example": '[[rule]]\nwords = "never Drake"\nscope = ["work"]\n'}
_RULES_DOC = {
    "description": f"The rules, the oldest first; with `Accept: {TOML}` as TOML.",
    "content": {TOML: _TOML_DOC},
}
# The body is read by hand: FastAPI reads no TOML. The models it refers to are those of the other routes.
_SET_SCHEMA = {
    key: value
    for key, value in RULE_SET.json_schema(ref_template="#/components/schemas/{model}").items()
    if key != "$defs"
}
_SET_DOC = {
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": _SET_SCHEMA}, TOML: _TOML_DOC},
    }
}


async def read_bodies(
    request: Request, content_type: Annotated[str, Header(include_in_schema=False)] = "application/json"
) -> list[RuleBody]:
    """The rules in the body of a request, in either form."""
    match content_type.partition(";")[0].strip().lower():
        case "application/json":
            try:
                return RULE_SET.validate_json(await request.body())["rules"]
            except ValidationError as error:
                causes = error.errors(include_url=False, include_input=False)
                raise RequestValidationError(
                    [{**cause, "loc": ("body", *cause["loc"])} for cause in causes]
                ) from None
        case media_type if media_type == TOML:
            return read_toml(await request.body())
        case _:
            raise HTTPException(415)


@router.get("", response_model=TasteRules, responses={200: _RULES_DOC})
async def read_all(service: ServiceOf, listener: ListenerOf, accept: Accept = "") -> Response:
    """Your taste rules: they hold in every conversation."""
    rules = await list_rules(service.agent.database, listener, service.agent.now())
    return _shown(rules, accept)


@router.put("", response_model=TasteRules, responses={200: _RULES_DOC}, openapi_extra=_SET_DOC)
async def write_all(
    service: ServiceOf,
    listener: ListenerOf,
    bodies: Annotated[list[RuleBody], Depends(read_bodies)],
    accept: Accept = "",
) -> Response:
    """Replace all your rules by those sent; all of it is done, or nothing."""
    return _shown(await replace_rules(service.agent, listener, bodies), accept)


@router.post("", status_code=201)
async def add(body: RuleBody, service: ServiceOf, listener: ListenerOf) -> TasteRule:
    """Add a rule; its words are enough."""
    return await add_rule(service.agent, listener, body)


@router.delete("", status_code=204)
async def remove_all(service: ServiceOf, listener: ListenerOf) -> Response:
    """Delete all your rules."""
    await delete_all(service.agent.database, listener)
    return Response(status_code=204)


@router.get("/{rule_id}")
async def read_one(rule_id: RuleId, service: ServiceOf, listener: ListenerOf) -> TasteRule:
    """One rule."""
    return await get_rule(service.agent.database, listener, rule_id, service.agent.now())


@router.put("/{rule_id}")
async def write_one(rule_id: RuleId, body: RuleBody, service: ServiceOf, listener: ListenerOf) -> TasteRule:
    """Replace a rule; it keeps its place among the others."""
    return await replace_rule(service.agent, listener, rule_id, body)


@router.delete("/{rule_id}", status_code=204)
async def remove_one(rule_id: RuleId, service: ServiceOf, listener: ListenerOf) -> Response:
    """Delete a rule."""
    await delete_rule(service.agent.database, listener, rule_id)
    return Response(status_code=204)


def _shown(rules: list[TasteRule], accept: str) -> Response:
    if TOML in accept:
        return Response(write_toml(rules), media_type=TOML)
    return Response(TASTE_RULES.dump_json({"rules": rules}), media_type="application/json")
