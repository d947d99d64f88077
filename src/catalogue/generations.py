"""The embedded catalogue on disk: numbered generations, one of them current, and one owner at a time.

A generation is built in a folder of its own and swapped in by renaming that to the next number: the highest
number is current, and nobody writes to a numbered one. So a process that serves sees either the old content
or the new, and a kill at any moment leaves a whole catalogue. The engine itself must not be opened by two
processes: the owner's lock is taken before a shard is touched, and the operating system gives it back when
the process dies.
"""

import asyncio
import errno
import os
import shutil
import time
from collections.abc import AsyncIterator, Collection, Generator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from filelock import FileLock, Timeout
from pydantic import ValidationError

from src.catalogue.catalogue import Catalogue, matching_embedder
from src.catalogue.edge import EdgeEngine, load_edge
from src.catalogue.embedding.embedder import Embedder
from src.catalogue.models.overview import GENERATION_INFO, OWNER_INFO, GenerationInfo, OwnerInfo
from src.errors import CatalogueInUse, DomainError

_POLL_S = 0.05
_COPIED_AT_ONCE = 1 << 20


class DamagedCatalogue(DomainError):
    """The catalogue's files are not what this version writes."""

    status = 503
    code = "damaged_catalogue"


@dataclass(frozen=True, slots=True)
class CatalogueFolder:
    """Where things lie under `DATA_DIR/catalogue`."""

    root: Path

    @property
    def building(self) -> Path:
        """The generation being made by an import."""
        return self.root / "building"

    @property
    def owner_lock(self) -> Path:
        return self.root / "owner.lock"

    @property
    def owner(self) -> Path:
        return self.root / "owner.json"

    @property
    def import_lock(self) -> Path:
        return self.root / "import.lock"


def catalogue_folder(data_dir: Path) -> CatalogueFolder:
    """The catalogue's folder of a data directory; made if it is missing."""
    root = data_dir / "catalogue"
    root.mkdir(parents=True, exist_ok=True)
    return CatalogueFolder(root)


def shard_folder(generation: Path) -> Path:
    """Where a generation's shard lies."""
    return generation / "shard"


def current_generation(folder: CatalogueFolder) -> Path | None:
    """The generation that serves; None before the first."""
    return max(_generations(folder), default=None)


def _generations(folder: CatalogueFolder) -> list[Path]:
    return [path for path in folder.root.glob("g??????") if path.name[1:].isdigit()]


def read_info(generation: Path) -> GenerationInfo:
    """What a generation says of itself."""
    try:
        return GENERATION_INFO.validate_json((generation / "info.json").read_bytes())
    except (OSError, ValidationError) as error:
        raise DamagedCatalogue("The catalogue has no readable info.json: import it again.") from error


def write_info(generation: Path, info: GenerationInfo) -> None:
    """Say it, in one step."""
    _write_whole(generation / "info.json", GENERATION_INFO.dump_json(info))


def swap_in(folder: CatalogueFolder, built: Path) -> Path:
    """Make a finished generation the current one, in one step; returns where it lies now."""
    current = current_generation(folder)
    number = int(current.name[1:]) if current else 0
    return built.rename(folder.root / f"g{number + 1:06d}")


def remove_old_generations(folder: CatalogueFolder, in_use: Collection[str] = ()) -> None:
    """Delete what is no longer current; only the owner may, and but for what it has open.

    Args:
        in_use: names of the generations that are open.
    """
    current = current_generation(folder)
    for generation in _generations(folder):
        if generation != current and generation.name not in in_use:
            shutil.rmtree(generation, ignore_errors=True)


def copy_shard(source: Path, target: Path) -> None:
    """Copy a shard that nobody writes to; `target` must not exist."""
    shutil.copytree(source, target, copy_function=_copy_sparse)


def _copy_sparse(source: str, target: str) -> None:
    """Copy a file with its holes: the shard of a few tracks is 0.4 MB on disk in files of 375 MB."""
    with Path(source).open("rb", buffering=0) as reader, Path(target).open("wb") as writer:
        size, end = os.fstat(reader.fileno()).st_size, 0
        while end < size:
            try:
                start = os.lseek(reader.fileno(), end, os.SEEK_DATA)
            except OSError as error:
                if error.errno == errno.ENXIO:  # nothing but a hole is left
                    break
                raise
            end = os.lseek(reader.fileno(), start, os.SEEK_HOLE)
            reader.seek(start)
            writer.seek(start)
            while start < end and (chunk := reader.read(min(_COPIED_AT_ONCE, end - start))):
                writer.write(chunk)
                start += len(chunk)
        writer.truncate(size)


def _write_whole(path: Path, content: bytes) -> None:
    beside = path.with_name(path.name + ".new")
    with beside.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)


@contextmanager
def own_catalogue(folder: CatalogueFolder, *, address: str, wait_s: float) -> Generator[None]:
    """Be the one process that has the embedded catalogue open.

    Args:
        address: where this process serves HTTP; empty for a command.
        wait_s: how long to wait for another command; a service is not waited for.

    Raises:
        CatalogueInUse: another process has it; the error bears its pid and address.
    """
    lock = FileLock(folder.owner_lock)
    until = time.monotonic() + wait_s
    while True:
        try:
            lock.acquire(timeout=0)
            break
        except Timeout:
            owner = _read_owner(folder)
            if owner["address"] or time.monotonic() >= until:
                raise _in_use(owner) from None
            time.sleep(_POLL_S)
    try:
        _write_whole(folder.owner, OWNER_INFO.dump_json({"pid": os.getpid(), "address": address}))
        yield
    finally:
        folder.owner.unlink(missing_ok=True)
        lock.release()


def _read_owner(folder: CatalogueFolder) -> OwnerInfo:
    """Who holds the lock; unknown for the moment between its taking and its being written down."""
    try:
        return OWNER_INFO.validate_json(folder.owner.read_bytes())
    except (OSError, ValidationError):
        return {"pid": 0, "address": ""}


def _in_use(owner: OwnerInfo) -> CatalogueInUse:
    where = f" and serves it at {owner['address']}" if owner["address"] else ""
    return CatalogueInUse(
        f"Process {owner['pid']} has this catalogue open{where}. One process owns an embedded catalogue: "
        "stop it, use another DATA_DIR, or set QDRANT_URL to share one.",
        pid=owner["pid"],
        address=owner["address"] or None,
    )


class EmbeddedCatalogue:
    """The current generation, held open; swapped for a newer one between uses.

    A turn that began on the old generation ends on it: it is closed and deleted after its last use.
    """

    def __init__(self, folder: CatalogueFolder, embedder: Embedder | None) -> None:
        self._folder = folder
        self._embedder = embedder
        self._uses: dict[str, int] = {}
        self._open: dict[str, tuple[Catalogue, EdgeEngine]] = {}
        self._current = ""

    @asynccontextmanager
    async def use(self) -> AsyncIterator[Catalogue]:
        """The catalogue as it is now, kept open until the block ends.

        Raises:
            EmbeddingMismatch: another embedding model filled it.
            DamagedCatalogue: its files cannot be read.
        """
        await self._follow()
        version = self._current
        self._uses[version] = self._uses.get(version, 0) + 1
        try:
            yield self._open[version][0]
        finally:
            self._uses[version] -= 1
            await self._close_unused()

    async def close(self) -> None:
        """Close every generation; uses must have ended."""
        for _, engine in self._open.values():
            await engine.close()
        self._open.clear()

    async def _follow(self) -> None:
        generation = current_generation(self._folder)
        if generation is None:
            raise DamagedCatalogue("There is no catalogue: run `segue catalogue import`.")
        if generation.name not in self._open:
            embedder = matching_embedder(read_info(generation)["embedding_model"], self._embedder)
            engine = load_edge(shard_folder(generation))
            self._open[generation.name] = (Catalogue(engine, embedder, generation.name), engine)
        if generation.name != self._current:
            self._current = generation.name
            await self._close_unused()

    async def _close_unused(self) -> None:
        unused = [name for name in self._open if name != self._current and not self._uses.get(name)]
        for name in unused:
            _, engine = self._open.pop(name)
            self._uses.pop(name, None)
            await engine.close()
        if unused:
            await asyncio.to_thread(remove_old_generations, self._folder, tuple(self._open))


class ServedCatalogue:
    """A catalogue on a Qdrant server: always the same one."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    @asynccontextmanager
    async def use(self) -> AsyncIterator[Catalogue]:
        """The catalogue; the server sees to its own consistency."""
        yield self._catalogue

    async def close(self) -> None:
        """Close the connection."""
        await self._catalogue.engine.close()


class CatalogueSource(Protocol):
    """Where a turn has its catalogue from."""

    def use(self) -> AbstractAsyncContextManager[Catalogue]:
        """The catalogue as it is now, kept open until the block ends."""
        ...

    async def close(self) -> None:
        """Close what is open; uses must have ended."""
        ...
