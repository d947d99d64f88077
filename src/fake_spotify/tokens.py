"""Who calls: the token, its scopes, and what Development Mode refuses before anything else."""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from fastapi import Depends, Header, Request

from src.fake_spotify.models.control import TokenAnswer
from src.fake_spotify.problems import OWNER_NEEDS_PREMIUM, AccountsProblem, ApiProblem
from src.fake_spotify.world import (
    AccessGrant,
    AuthorizeRequest,
    Consent,
    FakeUser,
    PendingCode,
    RefreshGrant,
    World,
)


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who calls; `account` None is the app itself."""

    account: FakeUser | None
    scopes: frozenset[str]

    @property
    def user(self) -> FakeUser:
        """The user; 401 when the token is the app's own."""
        if self.account is None:
            raise ApiProblem(401, "Valid user authentication required")
        return self.account

    def needs(self, *scopes: str) -> FakeUser:
        """The user; 403 when the consent does not cover all of these scopes."""
        user = self.user
        if not self.scopes.issuperset(scopes):
            raise ApiProblem(403, "Insufficient client scope")
        return user


async def world_of(request: Request) -> World:
    """The world that the call is about."""
    world = request.state.world
    assert isinstance(world, World)
    return world


WorldOf = Annotated[World, Depends(world_of)]


async def visitor_of(world: WorldOf, authorization: Annotated[str, Header()] = "") -> Visitor:
    """The owner of the bearer token; 401 for a token that is not valid, 403 where the app or the user is
    refused.
    """
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise ApiProblem(401, "No token provided")
    grant = world.sign_ins.access.get(token)
    if grant is None:
        raise ApiProblem(401, "Invalid access token")
    if world.clock() >= grant.expires_at:
        raise ApiProblem(401, "The access token expired")
    if grant.consent is not None and grant.consent.revoked:
        raise ApiProblem(401, "Invalid access token")
    if not world.owner_premium:
        raise ApiProblem(403, OWNER_NEEDS_PREMIUM)
    if grant.consent is None:
        return Visitor(None, frozenset())
    user = world.users[grant.consent.user]
    if not user.allow_listed:
        raise ApiProblem(403, "User not registered in the Developer Dashboard")
    return Visitor(user, grant.consent.scopes)


VisitorOf = Annotated[Visitor, Depends(visitor_of)]


def new_code(world: World, asked: AuthorizeRequest, user_id: str) -> str:
    """A code for a user's yes; it works once, for a short time."""
    consent = Consent(user_id, asked.scopes, world.clock())
    code = world.fresh("fakecode")
    expires_at = world.clock() + timedelta(seconds=world.code_seconds)
    world.sign_ins.codes[code] = PendingCode(consent, asked.redirect_uri, asked.challenge, expires_at)
    return code


def answer_grant(world: World, form: Mapping[str, str], authorization: str) -> TokenAnswer:
    """The answer of the token endpoint; `AccountsProblem` when client, code, verifier or token is refused."""
    with_secret = _checked_client(world, form, authorization)
    match form.get("grant_type"):
        case "client_credentials":
            if not with_secret:
                raise AccountsProblem("invalid_client", "Invalid client secret")
            return _answer(world, None)
        case "authorization_code":
            return _exchange(world, form, with_secret)
        case "refresh_token":
            return _refresh(world, form, with_secret)
        case None:
            raise AccountsProblem("invalid_request", "grant_type must be supplied")
        case _:
            raise AccountsProblem("unsupported_grant_type", "grant_type parameter is not supported")


def _checked_client(world: World, form: Mapping[str, str], authorization: str) -> bool:
    """Whether the client has shown its secret; without one, it must at least say who it is."""
    scheme, _, encoded = authorization.partition(" ")
    if scheme.lower() == "basic":
        try:
            client_id, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            raise AccountsProblem("invalid_client", "Invalid client") from None
        if client_id != world.client_id:
            raise AccountsProblem("invalid_client", "Invalid client")
        known = world.client_secret
        if known is None or not hmac.compare_digest(secret.encode(), known.encode()):
            raise AccountsProblem("invalid_client", "Invalid client secret")
        return True
    if form.get("client_id") != world.client_id:
        raise AccountsProblem("invalid_client", "Invalid client")
    return False


def _exchange(world: World, form: Mapping[str, str], with_secret: bool) -> TokenAnswer:
    # Taken out whatever comes of it: a code works once.
    pending = world.sign_ins.codes.pop(form.get("code", ""), None)
    if pending is None:
        raise AccountsProblem("invalid_grant", "Invalid authorization code")
    if world.clock() >= pending.expires_at:
        raise AccountsProblem("invalid_grant", "Authorization code expired")
    if form.get("redirect_uri") != pending.redirect_uri:
        raise AccountsProblem("invalid_grant", "Invalid redirect URI")
    if pending.challenge is None:
        if not with_secret:
            raise AccountsProblem("invalid_client", "Invalid client secret")
    else:
        _check_verifier(form.get("code_verifier"), pending.challenge)
    refresh_token = _new_refresh(world, pending.consent, public_client=not with_secret)
    return _answer(world, pending.consent, refresh_token)


def _check_verifier(verifier: str | None, challenge: str) -> None:
    if verifier is None:
        raise AccountsProblem("invalid_request", "code_verifier must be supplied")
    if not 43 <= len(verifier) <= 128:
        raise AccountsProblem("invalid_request", "code_verifier must have 43 to 128 characters")
    digest = hashlib.sha256(verifier.encode()).digest()
    if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != challenge:
        raise AccountsProblem("invalid_grant", "code_verifier was incorrect")


def _refresh(world: World, form: Mapping[str, str], with_secret: bool) -> TokenAnswer:
    grant = world.sign_ins.refresh.get(form.get("refresh_token", ""))
    if grant is None:
        raise AccountsProblem("invalid_grant", "Invalid refresh token")
    if not (with_secret or grant.public_client):
        raise AccountsProblem("invalid_client", "Invalid client secret")
    if grant.spent:
        # Used twice: it was stolen, so nobody may go on with its successors.
        grant.consent.revoked = True
    if world.consent_over(grant.consent):
        raise AccountsProblem("invalid_grant", "Refresh token revoked")
    if not world.rotation:
        return _answer(world, grant.consent)
    grant.spent = True
    refresh_token = _new_refresh(world, grant.consent, public_client=grant.public_client)
    return _answer(world, grant.consent, refresh_token)


def _new_refresh(world: World, consent: Consent, *, public_client: bool) -> str:
    token = world.fresh("fakerefresh")
    world.sign_ins.refresh[token] = RefreshGrant(consent, public_client)
    return token


def _answer(world: World, consent: Consent | None, refresh_token: str | None = None) -> TokenAnswer:
    token = world.fresh("fakeaccess")
    expires_at = world.clock() + timedelta(seconds=world.access_seconds)
    world.sign_ins.access[token] = AccessGrant(consent, expires_at)
    answer: TokenAnswer = {"access_token": token, "token_type": "Bearer", "expires_in": world.access_seconds}
    if consent is not None:
        answer["scope"] = " ".join(sorted(consent.scopes))
    if refresh_token is not None:
        answer["refresh_token"] = refresh_token
    return answer
