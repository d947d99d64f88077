"""Answers and playlists on a terminal: catalogue text as text, never as markup or control codes."""

from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from src.api.models.playlists import PlaylistAnswer
from src.catalogue.models.track import Track
from src.chat.models.answer import Answer, Recommendation, SpotifyPick
from src.cli.terminal import VERDICT_MARKS, plain, print_plain
from src.constraints.describe import number_of_tracks
from src.constraints.models.brief import ReportLine
from src.playlists.models.imports import MatchReport
from src.playlists.models.playlist import PlaylistDiff
from src.playlists.picture import sparklines
from src.spotify.sync.models.save import SaveReport

_MISSING_SHOWN = 10


def show_answer(console: Console, answer: Answer) -> None:
    """The list with its reasons, the constraint report, and the trace id."""
    if answer["reply"]:
        print_plain(console, answer["reply"])
    for recommendation in answer["recommendations"]:
        console.print(_pick_text(recommendation))
    if picks := answer.get("from_spotify"):
        console.print(Text("\n  From Spotify", style="bold"))
        for pick in picks:
            console.print(_spotify_text(pick))
    if saved := answer.get("saved"):
        _show_save_report(console, saved, answer)
    if answer["constraints"]:
        console.print()
    for line in answer["constraints"]:
        console.print(_constraint_text(line))
    planner = answer["planner"]
    notes = [
        planner.get("model", planner["kind"]),
        "degraded" if planner["degraded"] else "",
        planner["detail"],
    ]
    print_plain(
        console,
        f"\nconversation {answer['conversation_id']} · trace {answer['trace_id']} · "
        f"{' · '.join(filter(None, notes))} · {round(answer['usage']['total_ms'])} ms",
        "dim",
    )


def show_playlist(console: Console, answer: PlaylistAnswer) -> None:
    """The list with its reasons, its contour, its constraint report, its relaxations and notes."""
    result = answer["result"]
    minutes, unknown = result["duration_s"] / 60, result["unknown_durations"]
    count = number_of_tracks(len(result["entries"]))
    length = f", {minutes:.1f} minutes" if minutes else ""
    without = f" ({unknown} of unknown length)" if unknown else ""
    print_plain(console, f"{answer['title']} – {count}{length}{without}")
    for entry in result["entries"]:
        track = entry["track"]
        year = f" ({track['year']})" if "year" in track else ""
        pin = " ⚲" if entry["pinned"] else ""
        named = f"{', '.join(track['artists'])} – {track['title']}"
        print_plain(console, f"{entry['position']:3}. {named}{year}{pin}")
        if entry["reason"]:
            print_plain(console, f"     {entry['reason']}", "dim")
    console.print()
    console.print(Text(sparklines(result["entries"])))
    console.print()
    for line in result["constraints"]:
        mark, style = VERDICT_MARKS[line["verdict"]]
        detail = f" – {line['verdict']} ({line['detail']})" if line["detail"] else ""
        console.print(Text(f" {mark} ", style=style).append(plain(f"{line['value']}{detail}")))
    for aim in result["aims"]:
        print_plain(console, f"   {aim['aim']}: {aim['score']:.2f} {aim['detail']}", "dim")
    for offer in result["offers"]:
        print_plain(console, f" → relax {offer['relax']}: {offer['to']}", "yellow")
    for note in result["notes"]:
        print_plain(console, f"   {note}", "dim")
    solved = f"{result['solver']}, {result['solve_ms']:.0f} ms"
    print_plain(console, f"\nplaylist {answer['id']} · version {answer['version']} · {solved}", "dim")


def show_diff(console: Console, diff: PlaylistDiff) -> None:
    """The tracks that an edit or a refresh added, removed and moved, each with the reason."""
    for mark, style, entries in (("+", "green", diff["added"]), ("-", "red", diff["removed"])):
        for entry in entries:
            named = f"{entry['title']} by {', '.join(entry['artists'])}"
            print_plain(console, f" {mark} {entry['position']:3}. {named}: {entry['why']}", style)
    for moved in diff["moved"]:
        positions = f"{moved['from_position']} → {moved['to_position']}"
        print_plain(console, f" ~ {moved['title']}: {positions}: {moved['why']}", "yellow")


def show_match_report(console: Console, report: MatchReport, notes: Sequence[str]) -> None:
    """How many lines of a foreign list are in the catalogue, and the first that are not."""
    console.print(
        f"{report['matched']} matched, {report['ambiguous']} ambiguous, {report['missing']} missing"
    )
    for note in notes:
        print_plain(console, f"   {note}", "dim")
    odd = [line for line in report["lines"] if line["status"] != "matched"]
    for line in odd[:_MISSING_SHOWN]:
        named = f"{', '.join(line['artists'])} – {line['title']}"
        print_plain(console, f" {line['status']}: {named}: {line['why']}", "yellow")
    if len(odd) > _MISSING_SHOWN:
        console.print(f" … and {len(odd) - _MISSING_SHOWN} more")


def track_text(track: Track) -> Text:
    """Artist, title and year."""
    year = f" ({track['year']})" if "year" in track else ""
    artists, title = plain(", ".join(track["artists"])), plain(track["title"])
    return Text(artists).append(" – ").append(title, style="bold").append(year)


def _show_save_report(console: Console, report: SaveReport, answer: Answer) -> None:
    """Where a list was saved, and each track that was not, with the reason."""
    titles = {pick["track"]["id"]: pick["track"] for pick in answer["recommendations"]}
    if "playlist" in report:
        print_plain(console, f"\n  {report['playlist']['url']}", "cyan")
    for track in report["tracks"]:
        if track["status"] in ("saved", "undone"):
            continue
        text = Text(f"  {track['position']:>3}. {track['status'].replace('_', ' ')}", style="yellow")
        if (known := titles.get(track.get("track_id", ""))) is not None:
            text.append(" – ").append_text(track_text(known))
        if "detail" in track:
            text.append(plain(f" ({track['detail']})"), style="dim")
        console.print(text)


def _pick_text(pick: Recommendation) -> Text:
    text = Text(f"{pick['rank']:>3}. ").append_text(track_text(pick["track"]))
    return _with_reason(text, pick["reason"], pick["unchecked"])


def _spotify_text(pick: SpotifyPick) -> Text:
    """A track with Spotify's own text, its source and its page."""
    text = Text(f"{pick['rank']:>3}. ")
    text.append(plain(", ".join(pick.get("artists", [])) or pick["handle"]))
    if "title" in pick:
        text.append(" – ").append(plain(pick["title"]), style="bold")
    _with_reason(text, pick["reason"], pick["unchecked"])
    if "url" in pick:
        text.append(plain(f"\n     {pick['attribution']}: {pick['url']}"), style="cyan")
    return text


def _with_reason(text: Text, reason: str, unchecked: Sequence[str]) -> Text:
    text.append(plain(f"\n     {reason}"), style="dim")
    if unchecked:
        text.append(plain(f"\n     not on record: {', '.join(unchecked)}"), style="yellow")
    return text


def _constraint_text(line: ReportLine) -> Text:
    mark, colour = VERDICT_MARKS[line["verdict"]]
    text = Text(f" {mark} ", style=colour).append(plain(line["value"]), style="default")
    if line["verdict"] != "met":
        text.append(f" – {line['verdict']}")
    if line["detail"]:
        text.append(plain(f" ({line['detail']})"), style="dim")
    return text
