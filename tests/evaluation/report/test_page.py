"""The report's page: it needs nothing, gives nothing away to what a run says, and has every case."""

import base64
import hashlib
import json
import re
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from src.errors import InvalidInput
from src.evaluation.models.run import RUN, GateLine, Run
from src.evaluation.report.compare import compare_runs
from src.evaluation.report.page import render_page, save_page
from src.evaluation.report.sections import METRIC_COLUMNS
from src.evaluation.report.templates import PARTS
from tests.evaluation.answers import make_line
from tests.evaluation.runs import make_case, make_metric, make_run, make_run_track, make_turn

HOSTILE = (
    "</script><script>alert(1)</script><img src=x onerror=alert(1)>\"'><!--\u2028]]>&amp;$title{{7*7}}{% x %}"
)
HOSTILE_TEXTS = [
    HOSTILE,
    "</script><script>alert(1)</script>",
    "{{7*7}}",
    '" onmouseover=alert(1) x="',
    "' onfocus='a",
    "<b>&lt;",
]
CASES_OF_CORE = 217
LARGEST_PAGE = 6_000_000
VOID = {"meta", "input", "br"}
SVG_EMPTY = {"rect", "line", "circle"}


class Page(HTMLParser):
    """What stands in a page; tags that do not match fail."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[tuple[str, str]] = []
        self.feed(page)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        assert len({name for name, _ in attrs}) == len(attrs)
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        assert tag in SVG_EMPTY
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.texts.append((self.open[-1] if self.open else "", data))

    def tags(self) -> list[str]:
        return [tag for tag, _ in self.elements]

    def of(self, tag: str, **fields: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.elements if name == tag and fields.items() <= attrs.items()]

    def text(self, inside: str | None = None) -> str:
        return "".join(text for tag, text in self.texts if inside in (None, tag))

    def scripts(self) -> list[str]:
        return [text for tag, text in self.texts if tag == "script"]


def run_saying(text: str) -> Run:
    """A run that says this wherever a run can say something."""
    turn = make_turn(
        message=text,
        reply=text,
        tracks=[make_run_track("t1", title=text, artists=[text], reason=text)],
        report_lines=[{**make_line("years", text), "detail": text}],
        failures=[text],
    )
    return make_run(
        make_case(text, turn, turn, kind=text, metrics={text: 1.0}),
        make_case("other", metrics={text: 0.5}),
        metrics=[make_metric(text)],
        gates=[{"metric": text, "at_least": 1, "value": 0.5, "kept": True, "floor": True, "why": text}],
        suite=text,
        planner=text,
        how=text,
        code_version=text,
        prompts_hash=text,
        catalogues={text: text},
        command=text,
        started_at=text,
    )


def page_saying(text: str) -> str:
    """Its page, compared with a run that says nothing of it."""
    run = run_saying(text)
    quiet = make_run(make_case(text), make_case("gone"), metrics=[make_metric(text)])
    return render_page(run, compare_runs(quiet, run, seed=1, resamples=10))


@pytest.fixture(scope="module")
def core() -> Run:
    """As large as the suite `core`: a list of ten, three searches of forty and eight spans a turn."""
    turn = make_turn(tracks=[f"t{number}" for number in range(10)], found=40, failures=["too few"])
    record, spans = turn["record"], turn["spans"]
    turn["record"] = {**record, "searches": record["searches"] * 3}
    turn["spans"] = spans * 8
    names = [f"metric {number}" for number in range(12)]
    cases = [
        make_case(
            f"case-{number}", turn, kind=f"kind {number % 20}", metrics=dict.fromkeys(names, number / 217)
        )
        for number in range(CASES_OF_CORE)
    ]
    return make_run(*cases, metrics=[make_metric(name) for name in names])


def test_render_page_reaches_for_nothing_outside_itself():
    page = Page(page_saying("a"))
    for tag, attrs in page.elements:
        assert not {"src", "srcset", "action", "data", "poster", "style"} & attrs.keys(), tag
        assert not [name for name in attrs if name.startswith("on")], tag
        assert (attrs.get("href") or "#").startswith("#"), tag
    assert not {"link", "img", "iframe", "base", "form", "object", "image", "use"} & {*page.tags()}
    assert not re.search(r"url\(|@import|@font-face|//", (PARTS / "page.css").read_text())
    script = "\n".join(
        line for line in (PARTS / "page.js").read_text().splitlines() if not line.strip().startswith("//")
    )
    assert not re.search(
        r"https?:|fetch|XMLHttp|import\b|WebSocket|sendBeacon|\.src\b|eval\(|Function\(", script
    )
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write", script)


def test_render_page_forbids_everything_but_its_own_style_and_script():
    page = Page(page_saying("a"))
    (policy,) = [attrs["content"] for attrs in page.of("meta") if "http-equiv" in attrs]
    rules = dict(rule.strip().split(" ", 1) for rule in (policy or "").split(";"))
    style, script = (
        base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        for text in (page.text("style"), page.scripts()[1])
    )
    assert rules == {
        "default-src": "'none'",
        "style-src": f"'sha256-{style}'",
        "script-src": f"'sha256-{script}'",
        "base-uri": "'none'",
        "form-action": "'none'",
    }
    # Before the policy stands nothing that it would have to forbid.
    assert page.tags()[:4] == ["html", "head", "meta", "meta"]


@pytest.mark.parametrize("hostile", HOSTILE_TEXTS)
def test_render_page_shows_hostile_text_as_text(hostile):
    page = Page(page_saying(hostile))
    assert page.tags() == Page(page_saying("a")).tags()
    assert not [name for _, attrs in page.elements for name in attrs if name.startswith("on")]
    shown = hostile.replace("\u2028", " ")
    assert shown in page.text("h1")
    assert shown in page.text("summary") + page.text("bdi")
    assert {"data-label": shown, "class": "number"} in page.of("td")
    assert json.loads(page.scripts()[0]) == run_saying(hostile)


@pytest.mark.parametrize("hostile", HOSTILE_TEXTS)
def test_render_page_shows_hostile_text_of_a_comparison_as_text(hostile):
    def compared(text: str) -> Page:
        track = make_run_track("t9", title=text, artists=[text])
        lines = [make_line("years", text, "unmet")]
        failing = make_turn(tracks=[track], report_lines=lines, failures=[text])
        before = make_run(make_case(text), make_case(f"{text} gone"), prompts_hash=text[:20], planner=text)
        after = make_run(make_case(text, failing, kind=text), metrics=[make_metric(text)])
        # The page is of a run that says nothing of it: what it shows of it comes from the comparison.
        return Page(render_page(make_run(make_case("quiet")), compare_runs(before, after, seed=1)))

    page, shown = compared(hostile), hostile.replace("\u2028", " ")
    assert page.tags() == compared("a").tags()
    assert not [name for _, attrs in page.elements for name in attrs if name.startswith("on")]
    for tag, said in (
        ("p", f"planner {shown}, Segue"),
        ("summary", shown),
        ("code", shown[:19]),
        ("bdi", f"{shown} by {shown}"),
        ("bdi", f"{shown}: not there → unmet"),
        ("span", shown),
    ):
        assert said in page.text(tag)
    assert f"{shown} gone" in page.text("p")


# A page is made and parsed for each example.
@settings(max_examples=40, deadline=None)
@given(st.text(max_size=40) | st.text("<>/!-&\"'=scriptSCRIPT\u2028\0", max_size=40))
def test_render_page_keeps_its_shape_whatever_a_run_says(text):
    before, page = Page(page_saying("a")), Page(page_saying(f"a{text}"))
    assert page.tags() == before.tags()
    assert len(page.scripts()) == len(before.scripts()) == 2
    assert [attrs.keys() for _, attrs in page.elements] == [attrs.keys() for _, attrs in before.elements]
    assert json.loads(page.scripts()[0]) == run_saying(f"a{text}")


def test_render_page_has_every_case_and_stays_small(core):
    content = render_page(core)
    page = Page(content)
    bodies = [attrs for attrs in page.of("tbody") if "data-case" in attrs]
    assert [attrs["data-case"] for attrs in bodies] == [str(place) for place in range(CASES_OF_CORE)]
    assert all(f">case-{place}</th>" in content for place in range(CASES_OF_CORE))
    assert len(content.encode()) < LARGEST_PAGE
    # What is read before a case is opened is small: the rest is drawn from the run when it is asked for.
    assert len(content.encode()) - len(page.scripts()[0]) < 400_000
    assert RUN.validate_json(page.scripts()[0]) == core


def test_render_page_can_be_read_without_its_script():
    page = Page(
        render_page(
            make_run(
                make_case("a", make_turn(message="sad jazz", failures=["only 3 tracks"]), kind="count"),
                metrics=[make_metric("ndcg@10", 0.25)],
                gates=[{"metric": "passed", "at_least": 1, "value": 0, "kept": False}],
            )
        )
    )
    text = "".join(text for tag, text in page.texts if tag not in ("script", "style"))
    for said in (
        "0 of 1 case passed",
        "✗ broken",
        "25.0%",
        "sad jazz",
        "only 3 tracks",
        "segue eval run core",
    ):
        assert said in text
    assert page.of("div", id="case-tools")[0].keys() >= {"hidden"}


def test_render_page_says_which_kept_gates_are_floors_and_why():
    gates: list[GateLine] = [
        {"metric": "passed", "at_least": 0, "value": 0, "kept": True, "floor": True, "why": "none passes"},
        {"metric": "leaks", "at_most": 0, "value": 0, "kept": True},
    ]
    page = Page(render_page(make_run(make_case("a"), gates=gates)))
    text = "".join(text for tag, text in page.texts if tag not in ("script", "style"))
    assert text.count("2 of 2 gates kept, 1 of them a floor: passed") == 2
    assert "A floor: none passes" in text
    assert text.count("A floor") == 1


def test_render_page_has_landmarks_headings_and_named_parts():
    page = Page(page_saying("a"))
    assert [tag for tag in page.tags() if tag in ("header", "main", "footer", "h1")] == [
        "header",
        "h1",
        "main",
        "footer",
    ]
    ids = [attrs["id"] for _, attrs in page.elements if "id" in attrs]
    assert len(ids) == len({*ids})
    assert all(attrs["aria-labelledby"] in ids for attrs in page.of("section"))
    assert all((attrs["href"] or "")[1:] in ids for attrs in page.of("a"))
    assert all("scope" in attrs for attrs in page.of("th"))
    assert page.of("html") == [{"lang": "en"}]
    assert [attrs for attrs in page.of("svg") if attrs.keys().isdisjoint({"aria-hidden", "aria-label"})] == []


def test_render_page_leaves_out_what_a_run_has_not():
    page = Page(render_page(make_run()))
    sections = {attrs["id"] for attrs in page.of("section")}
    assert sections == {"kinds", "cases"}
    assert "0 of 0 cases passed" in page.text()


def test_render_page_has_columns_for_the_metrics_that_tell_cases_apart():
    names = [f"m{number}" for number in range(METRIC_COLUMNS + 2)]
    lines = [make_metric(name, cases=3) for name in ("of the whole run", "passed", "alike", "rare", *names)]
    values = {"passed": 1.0, "alike": 0.5}
    cases = [
        make_case("a", metrics={**values, **dict.fromkeys(names, 0.1), "rare": 1}),
        make_case("b", metrics={**values, **dict.fromkeys(names, 0.2), "rare": 2}),
        make_case("c", metrics={**values, **dict.fromkeys(names, 0.2)}),
    ]
    page = Page(render_page(make_run(*cases, metrics=lines)))
    keys = [attrs["data-key"] for attrs in page.of("th") if "data-key" in attrs]
    assert keys == ["id", "kind", "passed", *(f"metric:{name}" for name in names[:METRIC_COLUMNS]), "time"]
    assert "3 cases, all alike, higher is better" in page.text()


def test_render_page_with_a_comparison_links_what_flipped():
    failing = make_turn(
        failures=["only 3 tracks"], tracks=["t7"], report_lines=[make_line("count", "10", "unmet")]
    )
    before = make_run(make_case("a"), make_case("b"), make_case("gone"), prompts_hash="b" * 64)
    after = make_run(make_case("new"), make_case("a"), make_case("b", failing))
    page = Page(render_page(after, compare_runs(before, after, seed=1)))
    assert {"href": "#case-2"} in page.of("a")
    text = page.text()
    for said in (
        "fails now",
        "prompts_hash",
        "Title t7 by Artist t7",
        "10: not there → unmet",
        "too few cases",
    ):
        assert said in text
    assert "gone" in text


def test_render_page_with_a_comparison_draws_intervals_and_says_what_is_worse():
    failing = make_turn(failures=["too few"])
    before = make_run(*[make_case(f"c{place}") for place in range(8)])
    after = make_run(*[make_case(f"c{place}", failing) for place in range(8)])
    page = Page(render_page(make_run(make_case("c0", failing)), compare_runs(before, after, seed=1)))
    assert [text for _, text in page.texts if text in ("better", "worse")] == ["worse"]
    assert len(page.of("svg", **{"class": "interval"})) == 2
    assert "-100.0 pp to -100.0 pp" in page.text()
    # A case that the page does not show is named without a link.
    assert [attrs["href"] for attrs in page.of("a")] == ["#cases", "#case-0"]


def test_render_page_with_a_comparison_of_equal_runs_says_so():
    run = make_run(make_case("a"))
    text = Page(render_page(run, compare_runs(run, run, seed=1))).text()
    for said in ("No case flipped", "Every answer is the same", "code and catalogues are the same"):
        assert said in text


def test_render_page_of_a_case_without_turns():
    case = make_case("a")
    case["turns"] = []
    assert "case-0" in render_page(make_run(case))


def test_save_page_writes_it_and_keeps_a_file_that_is_there(tmp_path):
    path, run, other = tmp_path / "run.html", make_run(make_case("é")), make_run(make_case("other"))
    save_page(path, run)
    assert path.read_bytes() == render_page(run).encode()
    with pytest.raises(InvalidInput, match="there already"):
        save_page(path, other)
    comparison = compare_runs(other, other, seed=1, resamples=10)
    save_page(path, other, comparison, replace=True)
    assert path.read_bytes() == render_page(other, comparison).encode()


def luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = [
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels
    ]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(
    ("text", "support"),
    [
        *((text, support) for text in ("ink", "soft", "accent") for support in ("ground", "paper")),
        *((tone, f"{tone}-soft") for tone in ("good", "bad", "warn")),
        *(("ink", support) for support in ("accent-soft", "bad-soft")),
        *((tone, support) for tone in ("good", "bad") for support in ("ground", "paper")),
    ],
)
def test_colours_of_text_stand_out_as_wcag_aa_asks(theme, text, support):
    blocks = re.findall(r":root \{(.*?)\}", (PARTS / "page.css").read_text(), re.DOTALL)
    colours = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", blocks[theme]))
    light, dark = sorted((luminance(colours[text]), luminance(colours[support])), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 4.5
