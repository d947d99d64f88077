"""One error family: a stable code, a status, and a message that is safe to show."""

import pytest

from src import errors
from src.catalogue.generations import DamagedCatalogue
from src.catalogue.server import CatalogueUnavailable
from src.errors import CatalogueInUse, Conflict, DomainError, ModelUnavailable
from src.settings import InvalidSettings

FAMILY: list[type[DomainError]] = [
    *(kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, DomainError)),
    CatalogueUnavailable,
    DamagedCatalogue,
    InvalidSettings,
]


@pytest.mark.parametrize("kind", FAMILY)
def test_domain_errors_have_a_status_and_a_code(kind: type[DomainError]) -> None:
    assert 400 <= kind.status < 600
    assert kind.code == kind.code.lower().replace(" ", "_")


def test_domain_errors_have_codes_of_their_own() -> None:
    codes = [kind.code for kind in FAMILY]
    assert len(set(codes)) == len(codes)


def test_domain_error_bears_its_message_and_when_to_come_back() -> None:
    error = DomainError("Come later.", retry_after_s=2)
    assert (str(error), error.message, error.retry_after_s) == ("Come later.", "Come later.", 2)
    assert DomainError("No.").retry_after_s is None


def test_errors_with_facts_bear_them() -> None:
    in_use = CatalogueInUse("In use.", pid=7, address="http://x")
    assert (in_use.pid, in_use.address, in_use.status) == (7, "http://x", 503)
    failed = ModelUnavailable("Slow.", reason="timeout", retry_after_s=1.5)
    assert (failed.reason, failed.retry_after_s) == ("timeout", 1.5)
    assert Conflict("Twice.", code="turn_running").code == "turn_running"
    assert Conflict("Twice.").code == "conflict"
