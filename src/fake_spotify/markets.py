"""In which country a call is answered."""

from src.fake_spotify.access import Visitor
from src.fake_spotify.problems import ApiProblem


def market_for(visitor: Visitor, asked: str | None) -> str | None:
    """The country; None when none was asked for. An account's own goes before the one in the query.

    Raises:
        ApiProblem: 400, it is no country code.
    """
    if asked is None:
        return None
    if not (len(asked) == 2 and asked.isascii() and asked.isalpha() and asked.isupper()):
        raise ApiProblem(400, "Invalid market code")
    return asked if visitor.account is None else visitor.account.country
