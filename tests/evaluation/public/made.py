"""Small data sets of our own in the formats of the two public ones."""

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import cast

from pydantic import TypeAdapter

from src.catalogue.catalogue import Catalogue
from src.catalogue.edge import create_edge
from src.catalogue.engine import TrackPoint
from src.catalogue.generations import ServedCatalogue
from src.catalogue.starter import track_id
from src.chat.clients import Agent
from src.evaluation.public.models.music_crs import CrsPrediction
from tests.fakes import hashed_embedder, songs, stub_vector

type Item = dict[str, object]


def own_id(title: str) -> str:
    """The made data set's id of one of `songs()`."""
    return "x-" + "-".join(title.lower().split())


@asynccontextmanager
async def agent_on(agent: Agent, source: str, folder: Path) -> AsyncIterator[Agent]:
    """The agent on `songs()`, imported as the tracks of a data set."""
    embedder = hashed_embedder()
    engine = create_edge(folder, embedder.dimensions)
    tracks = songs()
    for track in tracks:
        track["id"], track["source"] = track_id(source, own_id(track["title"])), source
    await engine.upsert([TrackPoint(track, stub_vector(track)) for track in tracks])
    yield replace(agent, catalogue=ServedCatalogue(Catalogue(engine, embedder, "made")))
    await engine.close()


def write_lines(path: Path, items: Sequence[object]) -> Path:
    path.write_text("".join(json.dumps(item, ensure_ascii=False) + "\n" for item in items), encoding="utf-8")
    return path


def cpcd_track(id_: str, cluster: str | None = None, title: str = "A Song", artist: str = "Somebody") -> Item:
    track: Item = {
        "track_ids": id_,
        "track_titles": title,
        "track_artists": [artist],
        "track_release_titles": "An Album",
        "track_canonical_ids": id_,
    }
    return track if cluster is None else {**track, "track_cluster_ids": cluster}


def cpcd_turn(query: str, liked: Sequence[str] = (), disliked: Sequence[str] = ()) -> Item:
    return {
        "user_query": query,
        "system_response": "Here are some.",
        "search_queries": ["a search"],
        "search_results": [[*liked, *disliked]],
        "liked_results": [*liked],
        "disliked_results": [*disliked],
    }


def cpcd_dialogue(id_: str, turns: Sequence[Item], goal: Sequence[str]) -> Item:
    judged = [cast("list[str]", turn[key]) for turn in turns for key in ("liked_results", "disliked_results")]
    named = {name for names in judged for name in names}
    return {
        "id": id_,
        "turns": [*turns],
        "tracks": {name: cpcd_track(name) for name in sorted(named)},
        "goal_playlist": [*goal],
    }


def crs_track(id_: str, title: str, artists: Sequence[str], **fields: object) -> Item:
    return {
        "track_id": id_,
        "track_name": [title],
        "artist_name": [*artists],
        "album_name": ["An Album"],
        "tag_list": [],
        "popularity": 39.0,
        "release_date": "2006-12-06",
        "duration": 300920,
        "ISRC": ["TCABY1497179"],
        "artist_id": ["a"],
        "album_id": ["b"],
        **fields,
    }


def crs_session(id_: str, turns: Sequence[tuple[str, ...]], **fields: object) -> Item:
    """A session; a turn is (words) or (words, track, reply)."""
    messages = [
        {"turn_number": number, "role": role, "content": content, "thought": None}
        for number, turn in enumerate(turns, start=1)
        for role, content in zip(("user", "music", "assistant"), turn, strict=False)
    ]
    return {
        "session_id": id_,
        "user_id": "u1",
        "session_date": "2011-12-26",
        "user_profile": {"age": 20},
        "conversation_goal": {"category": "H"},
        "conversations": messages,
        "goal_progress_assessments": [],
        **fields,
    }


def read_predictions(path: Path) -> list[CrsPrediction]:
    """The entries of a predictions file."""
    return TypeAdapter(list[CrsPrediction]).validate_json(path.read_bytes())
