"""Settings are explained in `.env.example`, checked at the start, and never shown."""

from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from src.settings import InvalidSettings, Settings, load_settings

_EXAMPLE = Path(__file__).resolve().parent.parent / ".env.example"
# Explained by the line above the variable before it.
_EXPLAINED_TOGETHER = {"PORT"}
TOKEN = "0123456789abcdef"


def example_lines() -> list[str]:
    return _EXAMPLE.read_text(encoding="utf-8").splitlines()


def example_values() -> dict[str, str]:
    pairs = (line.split("=", 1) for line in example_lines() if line and not line.startswith("#"))
    return dict(pairs)


def refusal(monkeypatch: pytest.MonkeyPatch, **variables: str) -> str:
    """What `load_settings` says of these variables."""
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(InvalidSettings) as caught:
        load_settings()
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__
    return caught.value.message


def test_env_example_has_every_setting_once_and_nothing_else() -> None:
    names = [line.split("=")[0] for line in example_lines() if line and not line.startswith("#")]
    assert sorted(names) == sorted(name.upper() for name in Settings.model_fields)


def test_env_example_explains_every_variable() -> None:
    lines = example_lines()
    bare = [
        line.split("=")[0]
        for above, line in zip(["", *lines], lines, strict=False)
        if line and not line.startswith("#") and not above.startswith("# ")
    ]
    assert set(bare) <= _EXPLAINED_TOGETHER


def test_env_example_documents_the_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEGUE_ENV_FILE", str(_EXAMPLE))
    monkeypatch.delenv("DATA_DIR")
    defaults = Settings(_env_file=None)
    assert load_settings() == defaults
    unset = {name for name, value in example_values().items() if not value}
    assert {getattr(defaults, name.lower()) for name in unset} <= {None, ()}


def test_env_example_marks_every_secret() -> None:
    secrets = {
        name.upper() for name, field in Settings.model_fields.items() if "Secret" in str(field.annotation)
    }
    lines = example_lines()
    marked = {
        line.split("=")[0]
        for above, line in zip(["", *lines], lines, strict=False)
        if "(secret)" in above and not line.startswith("#")
    }
    assert marked == secrets
    assert all(example_values()[name] == "" for name in secrets)


def test_load_settings_environment_wins_over_the_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "my.env").write_text("PORT=1111\nHOST=0.0.0.0\nUNKNOWN=1\n")
    monkeypatch.setenv("SEGUE_ENV_FILE", str(tmp_path / "my.env"))
    monkeypatch.setenv("PORT", "2222")
    settings = load_settings()
    assert (settings.host, settings.port) == ("0.0.0.0", 2222)


def test_load_settings_empty_value_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PORT", "LLM_TEMPERATURE", "API_TOKENS", "ALLOWED_HOSTS"):
        monkeypatch.setenv(name, "")
    settings = load_settings()
    assert (settings.port, settings.llm_temperature, settings.api_tokens) == (8000, None, None)
    assert settings.allowed_hosts == ("127.0.0.1", "localhost", "[::1]")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "eighty"),
        ("PORT", "70000"),
        ("EMBEDDING_BACKEND", "magic"),
        ("LLM_TEMPERATURE", "9"),
        ("DATABASE_TIMEOUT_S", "-12"),
        ("LOG_LEVEL", "LOUD"),
        ("BROKER_URL", "http://user:hunter2@host"),
        ("JOBS_QUEUE", "two words"),
        ("JOB_ATTEMPTS", "0"),
        ("API_TOKENS", "ann:too-short"),
        ("API_TOKENS", "no-colon-but-quite-long-enough"),
        ("API_TOKENS", f":{TOKEN}"),
        ("API_TOKENS", f"ann:{TOKEN},bob:{TOKEN}"),
    ],
)
def test_load_settings_invalid_value_is_one_line_that_names_it_and_hides_it(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    message = refusal(monkeypatch, **{name: value})
    assert message.startswith(f"Invalid settings: {name}: ")
    assert "\n" not in message
    assert value not in message
    assert TOKEN not in message


def test_load_settings_invalid_value_is_explained_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    assert refusal(monkeypatch, PORT="70000") == (
        "Invalid settings: PORT: Input should be less than or equal to 65535"
    )
    assert refusal(monkeypatch, PORT="1", LLM_BASE_URL="http://x") == (
        "Invalid settings: settings: LLM_BASE_URL is set, so LLM_MODEL must name the model to ask for"
    )


def test_settings_made_in_code_hide_invalid_values_too() -> None:
    with pytest.raises(ValidationError) as caught:
        Settings.model_validate({"api_tokens": "ann:hunter2"})
    assert "hunter2" not in str(caught.value)


def test_load_settings_names_every_wrong_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    message = refusal(monkeypatch, PORT="x", LOG_LEVEL="y")
    assert "PORT: " in message
    assert "; LOG_LEVEL: " in message
    assert "\n" not in message


@pytest.mark.parametrize(
    ("variables", "wanted"),
    [
        ({"LLM_BASE_URL": "http://secret-host/v1"}, "LLM_MODEL"),
        ({"EMBEDDING_BASE_URL": "http://secret-host/v1"}, "EMBEDDING_MODEL"),
        ({"EMBEDDING_BACKEND": "endpoint"}, "EMBEDDING_BASE_URL"),
        ({"JOB_RETRY_FIRST_S": "9", "JOB_RETRY_MAX_S": "8"}, "JOB_RETRY_MAX_S"),
        ({"EMBEDDING_BACKEND": "endpoint", "EMBEDDING_BASE_URL": "http://secret-host"}, "EMBEDDING_MODEL"),
    ],
)
def test_load_settings_what_belongs_together_is_asked_for(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], wanted: str
) -> None:
    message = refusal(monkeypatch, **variables)
    assert wanted in message
    assert "secret-host" not in message
    assert "\n" not in message


def test_settings_secrets_do_not_show(monkeypatch: pytest.MonkeyPatch) -> None:
    secrets = [name for name, field in Settings.model_fields.items() if "Secret" in str(field.annotation)]
    assert len(secrets) >= 5
    for name in secrets:
        monkeypatch.setenv(
            name.upper(), f"amqp://ann:{TOKEN}@host/" if name == "broker_url" else f"ann:{TOKEN}"
        )
    settings = load_settings()
    assert TOKEN not in repr(settings) + str(settings) + settings.model_dump_json()
    assert all(isinstance(getattr(settings, name), SecretStr) for name in secrets)


def test_settings_lists_are_written_with_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALLOWED_HOSTS", " music.example , *,")
    monkeypatch.setenv("CORS_ORIGINS", "https://a.example,https://b.example")
    settings = load_settings()
    assert settings.allowed_hosts == ("music.example", "*")
    assert settings.cors_origins == ("https://a.example", "https://b.example")


def test_listeners_by_token_names_the_listener_of_each(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("API_TOKENS", f" ann:{TOKEN} , bob:with:colon-{TOKEN},ann:second-{TOKEN},")
    assert load_settings().listeners_by_token == {
        TOKEN: "ann",
        f"with:colon-{TOKEN}": "bob",
        f"second-{TOKEN}": "ann",
    }


def test_listeners_by_token_without_tokens_is_empty() -> None:
    assert load_settings().listeners_by_token == {}


def test_database_dsn_is_a_file_in_the_data_directory_or_what_is_set(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert load_settings().database_dsn == f"sqlite+aiosqlite:///{tmp_path}/data/segue.sqlite"
    monkeypatch.setenv("DATABASE_URL", "postgresql://ann:pw@db/segue")
    assert load_settings().database_dsn == "postgresql://ann:pw@db/segue"


def test_load_settings_when_the_reserve_is_the_whole_turn_refuses(monkeypatch) -> None:
    said = refusal(monkeypatch, LLM_MODEL="m", TURN_TIMEOUT_S="10", TURN_RESERVE_S="10")
    assert "TURN_TIMEOUT_S" in said
    assert "TURN_RESERVE_S" in said


def test_load_settings_when_the_reserve_is_nothing_refuses(monkeypatch) -> None:
    assert "TURN_RESERVE_S" in refusal(monkeypatch, TURN_RESERVE_S="0")


def test_load_settings_without_a_model_needs_no_reserve(monkeypatch) -> None:
    monkeypatch.setenv("TURN_TIMEOUT_S", "10")
    assert load_settings().turn_timeout_s == 10
