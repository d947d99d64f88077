"""How TypedDicts become schemas: documented fields, validation at the boundary, JSON text."""

from collections.abc import Callable, Mapping
from typing import cast

from pydantic import ConfigDict, TypeAdapter, with_config


def documented[T](cls: type[T]) -> type[T]:
    """Make each field's docstring its description in OpenAPI and in tool schemas."""
    decorate: Callable[[type[T]], type[T]] = with_config(ConfigDict(use_attribute_docstrings=True))
    return decorate(cls)


def to_json[T](adapter: TypeAdapter[T], value: T) -> str:
    """The value as JSON text, as stored and sent."""
    return adapter.dump_json(value).decode()


def with_present[D: Mapping[str, object]](document: D, **optional: object) -> D:
    """A copy of `document` with those optional keys whose value is not None.

    Types of optional values are not checked here: name only keys that the document's type has.
    """
    return cast("D", {**document, **{key: value for key, value in optional.items() if value is not None}})
