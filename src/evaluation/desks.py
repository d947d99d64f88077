"""Finding the catalogue that a recorded turn searched, by its fingerprint, and opening a desk on it."""

from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

from src.catalogue.generations import CatalogueSource
from src.errors import CatalogueInUse
from src.evaluation.replay import ReplayDesk, open_desk

type OpenSource = Callable[[], AbstractAsyncContextManager[CatalogueSource]]


@dataclass(slots=True)
class Desks:
    """Desks that were opened so far. `ways` are tried in order, each at most once."""

    stack: AsyncExitStack
    ways: Mapping[str, OpenSource]
    opened: dict[str, ReplayDesk] = field(default_factory=dict)
    tried: set[str] = field(default_factory=set)

    async def desk_of(self, fingerprint: str) -> ReplayDesk | None:
        """The desk on this catalogue; None when no way leads to one."""
        for name in self._untried():
            if fingerprint in self.opened:
                break
            await self._try(name)
        return self.opened.get(fingerprint)

    async def any_desk(self) -> ReplayDesk | None:
        """A desk on whatever catalogue comes first."""
        for name in self._untried():
            if self.opened:
                break
            await self._try(name)
        return next(iter(self.opened.values()), None)

    def _untried(self) -> Iterator[str]:
        return (name for name in self.ways if name not in self.tried)

    async def _try(self, name: str) -> None:
        self.tried.add(name)
        try:
            source = await self.stack.enter_async_context(self.ways[name]())
        except CatalogueInUse:
            # A server has it; there are other ways.
            return
        desk = await self.stack.enter_async_context(open_desk(source))
        self.opened.setdefault(desk.fingerprint, desk)


@asynccontextmanager
async def open_desks(ways: Mapping[str, OpenSource]) -> AsyncIterator[Desks]:
    """Desks that are closed when the block ends."""
    async with AsyncExitStack() as stack:
        yield Desks(stack, ways)
