"""Every setting of the service, read from the environment and from `.env`."""

import os
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from src.errors import DomainError

LOCAL_LISTENER = "local"


class InvalidSettings(DomainError):
    """A variable is missing or wrong; the message names each, and never shows a value."""

    code = "invalid_settings"


class Settings(BaseSettings):
    """Environment variables bear the upper-case names of these fields; `.env.example` explains each."""

    model_config = SettingsConfigDict(
        env_file=".env", extra="ignore", env_ignore_empty=True, hide_input_in_errors=True
    )

    data_dir: Path = Path(".segue")
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    api_tokens: SecretStr | None = None
    allowed_hosts: Annotated[tuple[str, ...], NoDecode] = ("127.0.0.1", "localhost", "[::1]")
    cors_origins: Annotated[tuple[str, ...], NoDecode] = ()
    max_body_bytes: int = Field(default=262_144, ge=16_384)
    max_turns_at_once: int = Field(default=16, ge=1)
    busy_retry_after_s: int = Field(default=2, ge=1)

    database_url: SecretStr | None = None
    database_timeout_s: float = Field(default=10.0, gt=0)

    qdrant_url: str | None = None
    qdrant_api_key: SecretStr | None = None
    qdrant_collection: str = "segue_tracks"
    qdrant_timeout_s: float = Field(default=10.0, gt=0)
    catalogue_wait_s: float = Field(default=10.0, ge=0)

    embedding_backend: Literal["auto", "local", "endpoint", "none"] = "auto"
    embedding_base_url: str | None = None
    embedding_api_key: SecretStr | None = None
    embedding_model: str | None = None
    embedding_timeout_s: float = Field(default=30.0, gt=0)
    embedding_attempts: int = Field(default=3, ge=1, le=10)
    embedding_cache_size: int = Field(default=2_048, ge=0)

    llm_base_url: str | None = None
    llm_api_key: SecretStr | None = None
    llm_model: str | None = None
    llm_context_tokens: int = Field(default=32_000, ge=2_000)
    llm_max_output_tokens: int = Field(default=2_000, ge=100)
    llm_temperature: float | None = Field(default=None, ge=0, le=2)
    llm_timeout_s: float = Field(default=45.0, gt=0)
    llm_attempts: int = Field(default=3, ge=1, le=10)
    llm_retry_after_max_s: float = Field(default=10.0, ge=0)
    max_model_calls: int = Field(default=4, ge=1, le=20)
    max_tool_calls: int = Field(default=12, ge=0, le=100)
    turn_timeout_s: float = Field(default=120.0, gt=0)
    turn_reserve_s: float = Field(default=15.0, ge=1)

    spotify_client_id: str | None = Field(default=None, min_length=1)
    spotify_client_secret: SecretStr | None = None
    spotify_redirect_uri: str | None = None
    spotify_token_keys: SecretStr | None = None
    spotify_market: str | None = Field(default=None, pattern=r"^[A-Z]{2}$")
    spotify_text_to_model: bool = False
    spotify_api_url: str = "https://api.spotify.com/v1"
    spotify_accounts_url: str = "https://accounts.spotify.com"
    spotify_open_url: str = "https://open.spotify.com"
    spotify_timeout_s: float = Field(default=10.0, gt=0)
    spotify_attempts: int = Field(default=3, ge=1, le=10)
    spotify_retry_after_max_s: float = Field(default=5.0, ge=0)
    spotify_calls_per_turn: int = Field(default=8, ge=0)
    spotify_calls_per_day: int = Field(default=600, ge=0)
    spotify_searches_per_day: int = Field(default=400, ge=0)
    spotify_sign_in_minutes: int = Field(default=10, ge=1)
    spotify_link_days: int = Field(default=7, ge=1, le=30)
    spotify_undo_days: int = Field(default=7, ge=1, le=30)
    spotify_save_max_tracks: int = Field(default=300, ge=1, le=10_000)

    broker_url: SecretStr | None = None
    jobs_queue: str = Field(default="segue.jobs", pattern=r"^[A-Za-z0-9._-]{1,100}$")
    jobs_at_once: int = Field(default=1, ge=1, le=100)
    jobs_queued_max: int = Field(default=200, ge=1)
    job_attempts: int = Field(default=4, ge=1, le=20)
    job_retry_first_s: float = Field(default=5.0, ge=0.01)
    job_retry_max_s: float = Field(default=300.0, ge=0.01)
    job_lease_s: float = Field(default=60.0, ge=0.1)
    job_timeout_s: float = Field(default=900.0, gt=0)
    jobs_kept_days: int = Field(default=30, ge=1)
    playlist_wait_s: float = Field(default=2.0, ge=0)
    playlist_wait_max_s: float = Field(default=60.0, ge=0)
    playlist_solve_s: float = Field(default=10.0, gt=0)

    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    otel_exporter_otlp_endpoint: str | None = None
    otel_service_name: str = "segue"
    otel_traces_sample_ratio: float = Field(default=1.0, ge=0, le=1)
    traces_kept: int = Field(default=1_000, ge=0)

    record: str = Field(default="off", pattern=r"^(off|errors|all|sample:(0(\.\d+)?|1(\.0+)?))$")
    recordings_kept: int = Field(default=1_000, ge=0)
    model_prices: str | None = None

    @field_validator("allowed_hosts", "cors_origins", mode="before")
    @classmethod
    def _split_commas(cls, value: object) -> object:
        return (
            tuple(part.strip() for part in value.split(",") if part.strip())
            if isinstance(value, str)
            else value
        )

    @field_validator("api_tokens")
    @classmethod
    def _check_tokens(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None:
            _read_tokens(value.get_secret_value())
        return value

    @field_validator("broker_url")
    @classmethod
    def _check_broker(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not value.get_secret_value().startswith(("amqp://", "amqps://")):
            raise ValueError("write amqp://user:password@host:5672/ or amqps://…")
        return value

    @model_validator(mode="after")
    def _check_together(self) -> "Settings":
        if self.llm_base_url and not self.llm_model:
            raise ValueError("LLM_BASE_URL is set, so LLM_MODEL must name the model to ask for")
        if self.llm_model and self.turn_reserve_s >= self.turn_timeout_s:
            raise ValueError("TURN_TIMEOUT_S must be more than TURN_RESERVE_S, or the model has no time")
        if self.embedding_backend == "endpoint" and not (self.embedding_base_url and self.embedding_model):
            raise ValueError("EMBEDDING_BACKEND=endpoint needs EMBEDDING_BASE_URL and EMBEDDING_MODEL")
        if self.embedding_base_url and not self.embedding_model:
            raise ValueError("EMBEDDING_BASE_URL is set, so EMBEDDING_MODEL must name the model to ask for")
        if self.job_retry_max_s < self.job_retry_first_s:
            raise ValueError("JOB_RETRY_MAX_S must be JOB_RETRY_FIRST_S or more")
        return self

    @cached_property
    def listeners_by_token(self) -> dict[str, str]:
        """Bearer token to listener; empty when the service has the one listener `local`."""
        return _read_tokens(self.api_tokens.get_secret_value()) if self.api_tokens else {}

    @property
    def database_dsn(self) -> str:
        """`DATABASE_URL`, or the SQLite file in the data directory."""
        if self.database_url:
            return self.database_url.get_secret_value()
        return f"sqlite+aiosqlite:///{(self.data_dir / 'segue.sqlite').resolve()}"


def _read_tokens(text: str) -> dict[str, str]:
    """`listener:token,listener:token` as token to listener."""
    tokens: dict[str, str] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        listener, _, token = part.partition(":")
        if not listener.strip() or len(token.strip()) < 16:
            raise ValueError(
                "write listener:token pairs with commas between, each token 16 characters or more"
            )
        if token.strip() in tokens:
            raise ValueError("each token must name one listener")
        tokens[token.strip()] = listener.strip()
    return tokens


def load_settings() -> Settings:
    """Read the settings once, at an entry point.

    Raises:
        InvalidSettings: one readable line that names each wrong variable and the reason.
    """
    try:
        return Settings(_env_file=os.environ.get("SEGUE_ENV_FILE", ".env"))
    except ValidationError as error:
        wrong = "; ".join(
            f"{'.'.join(str(part) for part in item['loc']).upper() or 'settings'}: "
            f"{item['msg'].removeprefix('Value error, ')}"
            for item in error.errors(include_url=False, include_input=False)
        )
        raise InvalidSettings(f"Invalid settings: {wrong}") from None
