"""The page's templates: what a run says stays text in markup and in a script; a missing name raises."""

import base64
import hashlib
import json
import subprocess
import sys
from html import unescape

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from jinja2 import UndefinedError

from src.evaluation.models.run import RUN
from src.evaluation.report.templates import PARTS, csp_hash, many, own_text, templates
from tests.evaluation.runs import make_case, make_run, make_turn


def render(template: str, **values: object) -> str:
    return templates().from_string(template).render(**values)


@given(st.text())
@example("<b>&\"'\0")
def test_templates_escape_every_value(text):
    shown = render('<p title="{{ text }}">{{ text }}</p>', text=text)
    inside = shown.removeprefix('<p title="').removesuffix("</p>")
    assert not set("<'") & {*inside}
    printable = "".join(character if character.isprintable() else " " for character in text)
    assert unescape(inside) == f'{printable}">{printable}'


def test_templates_do_not_read_a_value_as_a_template():
    assert render("{{ text }}", text="{{ 7 * 7 }}{% raise %}{# gone #}") == "{{ 7 * 7 }}{% raise %}{# gone #}"


@given(st.text())
@example("</script><!--&\u2028\u2029'")
def test_tojson_cannot_end_its_script(text):
    run = make_run(make_case(text, make_turn(message=text, reply=text)), suite=text)
    embedded = render("{{ run|tojson }}", run=run)
    assert not set("<>&\u2028\u2029") & {*embedded}
    assert RUN.validate_json(embedded) == json.loads(embedded) == run


@pytest.mark.parametrize("template", ["{{ run.suit }}", "{{ missing }}", "{% if missing %}{% endif %}"])
def test_templates_when_a_name_is_missing_raise(template):
    with pytest.raises(UndefinedError):
        render(template, run=make_run())


def test_own_text_is_inlined_byte_for_byte_and_hashed_so():
    script = own_text("page.js")
    digest = base64.b64encode(hashlib.sha256((PARTS / "page.js").read_bytes()).digest()).decode()
    assert render("{{ script }}", script=script) == (PARTS / "page.js").read_text(encoding="utf-8")
    assert render("{{ script|csp_hash }}", script=script) == csp_hash(script) == f"sha256-{digest}"


@pytest.mark.parametrize(("count", "said"), [(0, "0 cases"), (1, "1 case"), (1204, "1,204 cases")])
def test_many_counts_in_words(count, said):
    assert many(count, "case") == said


def test_importing_the_page_does_not_load_jinja2():
    script = "import sys, src.evaluation.report.page; sys.exit('jinja2' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], timeout=60, check=False).returncode == 0
