"""What a list is to be like, from the brief, its places and what was liked."""

from src.catalogue.catalogue import Catalogue
from src.curation.examples import must_have_ids, read_examples
from src.wishes.checks import Known
from tests.curation.wishes import spec, wish
from tests.fakes import songs

IDS = {track["title"]: track["id"] for track in songs()}


def place(title: str) -> dict[str, object]:
    return {"track_id": IDS[title], "title": title, "words": ""}


async def test_read_examples_takes_each_named_track_once(catalogue: Catalogue):
    seed = wish("track", title="Alison", track_id=IDS["Alison"], relation="seed")
    asked = spec(places=[place("Clocks"), place("Yellow")])
    examples = await read_examples(catalogue, asked, [seed], Known(), [IDS["Clocks"], "unknown"])
    assert [track["title"] for track in examples.named] == ["Clocks", "Yellow", "Alison"]
    assert [track["title"] for track in examples.musts] == ["Clocks", "Yellow"]
    assert len(examples.likes) == 3


async def test_read_examples_an_absent_track_leaves_its_artist(catalogue: Catalogue):
    seed = wish("track", title="No Such Song", artist="Miles Davis", relation="seed")
    examples = await read_examples(catalogue, spec(), [seed], Known(), [])
    assert {track["title"] for track in examples.like} == {"So What", "Blue in Green"}
    assert examples.named == ()


async def test_read_examples_contrasts_are_unlike(catalogue: Catalogue):
    wishes = [
        wish("artist", name="Slowdive", relation="seed"),
        wish("artist", name="Metallica", relation="contrast"),
        wish("track", title="HUMBLE.", track_id=IDS["HUMBLE."], relation="contrast"),
    ]
    examples = await read_examples(catalogue, spec(), wishes, Known(), [])
    assert (len(examples.likes), len(examples.unlikes)) == (1, 2)


async def test_read_examples_without_an_embedder_have_no_vectors(catalogue: Catalogue):
    words_alone = Catalogue(catalogue.engine, None, "words")
    examples = await read_examples(words_alone, spec(), [], Known(), [IDS["Clocks"]])
    assert (len(examples.like), examples.likes) == (1, ())


def test_must_have_ids_are_places_and_wanted_songs():
    wanted = wish("track", title="Jolene", track_id=IDS["Jolene"], relation="wanted", hard=True)
    asked = spec(places=[place("Clocks"), {"title": "Absent", "words": ""}])
    assert must_have_ids(asked, [wanted]) == [IDS["Clocks"], IDS["Jolene"]]
