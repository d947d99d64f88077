"""How TypedDicts become schemas: documented fields, validation at the boundary, JSON text."""

from collections.abc import Callable

from pydantic import ConfigDict, TypeAdapter, with_config


def documented[T](cls: type[T]) -> type[T]:
    """Make each field's docstring its description in OpenAPI and in tool schemas."""
    decorate: Callable[[type[T]], type[T]] = with_config(ConfigDict(use_attribute_docstrings=True))
    return decorate(cls)


def to_json[T](adapter: TypeAdapter[T], value: T) -> str:
    """The value as JSON text, as stored and sent."""
    return adapter.dump_json(value).decode()
