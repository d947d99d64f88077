"""Tools: what the model may call, over the small catalogue."""

import json

import pytest
from pydantic import TypeAdapter

from src.catalogue.filters import to_conditions
from src.chat.tools.context import ToolContext
from src.chat.tools.models.arguments import DescribeCatalogue
from src.chat.tools.run import TOOLS, make_tool, tool_specs
from src.errors import EmbeddingUnavailable
from tests.fakes import songs

IDS = {track["title"]: track["id"] for track in songs()}


def context(catalogue, where=(), handles=None):
    return ToolContext(catalogue, list(where), (handles or {}).get)


async def call(catalogue, name, arguments, **fields):
    return await TOOLS[name].call(json.dumps(arguments), context(catalogue, **fields))


def titles(outcome):
    return [item.track["title"] for item in outcome.found]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({"genres": ["chanson"], "not_artists": ["Jacques Brel"]}, {"La vie en rose"}),
        ({"artists": ["dolly parton"]}, {"Jolene"}),
        ({"not_genres": ["rock", "jazz", "pop", "hip hop", "latin", "metal"]}, {"Jolene", "Ring of Fire"}),
        ({"moods": ["epic"]}, {"Svefn-g-englar"}),
        ({"languages": ["pt"]}, {"Garota de Ipanema"}),
        ({"year_from": 2016, "year_to": 2018}, {"HUMBLE."}),
        ({"features": [{"feature": "tempo", "low": 160}]}, {"Take Five"}),
    ],
)
async def test_search_catalogue_each_filter_binds(catalogue, arguments, expected):
    outcome = await call(catalogue, "search_catalogue", {"query": "music", **arguments})
    assert set(titles(outcome)) == expected


async def test_search_catalogue_obeys_the_brief_and_the_limit(catalogue):
    where = to_conditions({"not_artists": ["Coldplay"]})
    outcome = await call(catalogue, "search_catalogue", {"query": "Coldplay rock", "limit": 3}, where=where)
    assert len(outcome.found) == 3
    assert all("Coldplay" not in item.track["artists"] for item in outcome.found)


async def test_search_catalogue_when_nothing_fits_says_so(catalogue):
    outcome = await call(catalogue, "search_catalogue", {"query": "x", "genres": ["polka"]})
    assert (outcome.found, outcome.error) == ([], "")
    assert "loosen" in outcome.note


@pytest.mark.parametrize("example", ["t1", "[t1]", "Alison by Slowdive", "Slowdive", "Alison"])
async def test_similar_tracks_takes_handles_artists_and_titles(catalogue, example):
    outcome = await call(
        catalogue, "similar_tracks", {"like": [example], "limit": 4}, handles={"t1": IDS["Alison"]}
    )
    assert "Alison" not in titles(outcome)
    assert {"Fade Into You", "Cherry-coloured Funk", "Space Song"} & set(titles(outcome))


async def test_similar_tracks_moves_away_and_names_the_unknown(catalogue):
    outcome = await call(
        catalogue, "similar_tracks", {"like": ["Miles Davis", "Zzyzx"], "unlike": ["Coldplay"]}
    )
    assert "Zzyzx" in outcome.note
    assert "Take Five" in titles(outcome)[:4]
    nothing = await call(catalogue, "similar_tracks", {"like": ["Zzyzx"]})
    assert nothing.error


async def test_find_track_and_artist_tracks_forgive_and_admit(catalogue):
    assert titles(await call(catalogue, "find_track", {"title": "jolenne", "artist": "dolly partn"})) == [
        "Jolene"
    ]
    assert "not in the catalogue" in (await call(catalogue, "find_track", {"title": "No Such Song"})).note
    outcome = await call(catalogue, "artist_tracks", {"artist": "miles davies"})
    assert set(titles(outcome)) == {"So What", "Blue in Green"}
    assert "not in the catalogue" in (await call(catalogue, "artist_tracks", {"artist": "Zzyzx"})).note


async def test_describe_catalogue_gives_words(catalogue):
    outcome = await call(catalogue, "describe_catalogue", {})
    assert "24 tracks" in outcome.note
    assert "dream pop" in outcome.note


@pytest.mark.parametrize(
    "text", ["{", "[]", "null", '{"query": 5}', '{"query": "x", "sql": "DROP"}', '{"query": ""}']
)
async def test_call_when_the_arguments_are_wrong_tells_the_model(catalogue, text):
    outcome = await TOOLS["search_catalogue"].call(text, context(catalogue))
    assert outcome.error.startswith("Wrong arguments")
    assert "DROP" not in outcome.error


async def test_call_when_the_tool_fails_tells_the_model(catalogue):
    async def broken(_arguments, _context):
        raise EmbeddingUnavailable("The embedding endpoint does not answer.")

    outcome = await make_tool(TypeAdapter(DescribeCatalogue), broken).call("", context(catalogue))
    assert outcome.error == "The embedding endpoint does not answer."


def test_tool_specs_describe_every_parameter():
    for spec in tool_specs(frozenset(TOOLS)):
        function = spec["function"]
        assert function["description"]
        schema = json.dumps(function["parameters"])
        assert '"additionalProperties": false' in schema
        properties = function["parameters"].get("properties", {})
        assert isinstance(properties, dict)
        for name, parameter in properties.items():
            assert parameter.get("description"), f"{function['name']}.{name}"
