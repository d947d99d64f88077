"""Who calls: the token, its scopes, and what Development Mode refuses before anything else."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Header, Request

from src.fake_spotify.problems import OWNER_NEEDS_PREMIUM, ApiProblem
from src.fake_spotify.world import FakeUser, World


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who calls; `account` None is the app itself."""

    account: FakeUser | None
    scopes: frozenset[str]

    @property
    def user(self) -> FakeUser:
        """The user.

        Raises:
            ApiProblem: 401, the token is the app's own.
        """
        if self.account is None:
            raise ApiProblem(401, "Valid user authentication required")
        return self.account

    def needs(self, *scopes: str) -> FakeUser:
        """The user, once the consent covers all of these.

        Raises:
            ApiProblem: 403, it does not; 401, the token is the app's own.
        """
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
    """Whom the bearer token stands for.

    Raises:
        ApiProblem: 401, none, unknown, expired or revoked; 403, the app or the user is refused.
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
