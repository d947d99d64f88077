"""Answers on a terminal. Text of the catalogue is printed as text, never as markup or control codes."""

from rich.console import Console
from rich.text import Text

from src.catalogue.models.track import Track
from src.chat.models.answer import Answer, Recommendation, SpotifyPick
from src.constraints.models.brief import ReportLine
from src.spotify.sync.models.save import SaveReport

_MARKS = {
    "met": ("✓", "green"),
    "relaxed": ("~", "yellow"),
    "unmet": ("✗", "red"),
    "uncheckable": ("?", "yellow"),
}


def show_answer(console: Console, answer: Answer) -> None:
    """The list with its reasons, the ledger, and the trace id."""
    if answer["reply"]:
        console.print(Text(plain(answer["reply"])))
    for recommendation in answer["recommendations"]:
        console.print(_line(recommendation))
    if picks := answer.get("from_spotify"):
        console.print(Text("\n  From Spotify", style="bold"))
        for pick in picks:
            console.print(_spotify_line(pick))
    if saved := answer.get("saved"):
        show_report(console, saved, answer)
    if answer["constraints"]:
        console.print()
    for line in answer["constraints"]:
        console.print(_report_line(line))
    planner = answer["planner"]
    who = planner.get("model", planner["kind"])
    notes = [
        who,
        *(["degraded"] if planner["degraded"] else []),
        *([planner["detail"]] if planner["detail"] else []),
    ]
    milliseconds = round(answer["usage"]["total_ms"])
    console.print(
        Text(
            plain(
                f"\nconversation {answer['conversation_id']} · trace {answer['trace_id']} · "
                f"{' · '.join(notes)} · {milliseconds} ms"
            ),
            style="dim",
        )
    )


def show_report(console: Console, report: SaveReport, answer: Answer) -> None:
    """Where a list was saved, and each track that was not, with the reason."""
    titles = {pick["track"]["id"]: pick["track"] for pick in answer["recommendations"]}
    if "playlist" in report:
        console.print(Text(plain(f"\n  {report['playlist']['url']}"), style="cyan"))
    for track in report["tracks"]:
        if track["status"] in ("saved", "undone"):
            continue
        text = Text(f"  {track['position']:>3}. {track['status'].replace('_', ' ')}", style="yellow")
        if (known := titles.get(track.get("track_id", ""))) is not None:
            text.append(" – ").append_text(track_text(known))
        if "detail" in track:
            text.append(plain(f" ({track['detail']})"), style="dim")
        console.print(text)


def _spotify_line(pick: SpotifyPick) -> Text:
    """A track with Spotify's own text, its source and its page."""
    text = Text(f"{pick['rank']:>3}. ")
    text.append(plain(", ".join(pick.get("artists", [])) or pick["handle"]))
    if "title" in pick:
        text.append(" – ")
        text.append(plain(pick["title"]), style="bold")
    text.append(plain(f"\n     {pick['reason']}"), style="dim")
    if pick["unchecked"]:
        text.append(plain(f"\n     not on record: {', '.join(pick['unchecked'])}"), style="yellow")
    if "url" in pick:
        text.append(plain(f"\n     {pick['attribution']}: {pick['url']}"), style="cyan")
    return text


def track_text(track: Track) -> Text:
    """Artist, title and year."""
    year = f" ({track['year']})" if "year" in track else ""
    text = Text(plain(", ".join(track["artists"])))
    text.append(" – ")
    text.append(plain(track["title"]), style="bold")
    text.append(year)
    return text


def plain(text: str) -> str:
    """Text without control characters: a title must not move the cursor or colour the screen."""
    return "".join(character if character.isprintable() or character == "\n" else " " for character in text)


def _line(recommendation: Recommendation) -> Text:
    text = Text(f"{recommendation['rank']:>3}. ")
    text.append_text(track_text(recommendation["track"]))
    text.append(plain(f"\n     {recommendation['reason']}"), style="dim")
    if recommendation["unchecked"]:
        text.append(plain(f"\n     not on record: {', '.join(recommendation['unchecked'])}"), style="yellow")
    return text


def _report_line(line: ReportLine) -> Text:
    mark, colour = _MARKS[line["verdict"]]
    text = Text(f" {mark} ", style=colour)
    text.append(plain(line["value"]), style="default")
    if line["verdict"] != "met":
        text.append(f" – {line['verdict']}")
    if line["detail"]:
        text.append(plain(f" ({line['detail']})"), style="dim")
    return text
