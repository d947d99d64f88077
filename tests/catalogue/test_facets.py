"""What a catalogue says of itself."""

from dataclasses import replace

from src.catalogue.catalogue import Catalogue
from src.catalogue.facets import describe_catalogue


async def test_describe_catalogue_counts_what_is_there(shared_catalogue: Catalogue) -> None:
    overview = await describe_catalogue(shared_catalogue)
    assert overview["tracks"] == 24
    assert overview["version"] == "test"
    assert overview["engine"] == "qdrant-edge"
    assert overview["embedding_model"] == "hashed-words"
    assert overview["genres"][0] == {"value": "rock", "tracks": 9}
    assert overview["moods"][0] == {"value": "dreamy", "tracks": 6}
    assert {"value": "zxx", "tracks": 4} in overview["languages"]


async def test_describe_catalogue_decades_go_from_the_earliest(shared_catalogue: Catalogue) -> None:
    decades = (await describe_catalogue(shared_catalogue))["decades"]
    assert [count["value"] for count in decades] == [
        "1940s", "1950s", "1960s", "1970s", "1980s", "1990s", "2000s", "2010s",
    ]  # fmt: skip
    assert decades[1] == {"value": "1950s", "tracks": 4}
    assert sum(count["tracks"] for count in decades) == 22


async def test_describe_catalogue_without_a_model_says_none(shared_catalogue: Catalogue) -> None:
    overview = await describe_catalogue(replace(shared_catalogue, embedder=None))
    assert overview["embedding_model"] == "none"
