"""What the judge's side knows during one sample: the program's objects that have proxies, what the tests have lent it, and the
containers that the program has as well. `program_side.py` is its counterpart."""

from __future__ import annotations

from typing import Any, NoReturn, Protocol

from sandbox.guest import value_codec, value_decoder
from sandbox.guest.agreed import Agreed
from sandbox.guest.judges_containers import JudgesContainers
from sandbox.guest.lent_objects import LENT, Lender
from sandbox.guest.made_exceptions import Makers
from sandbox.guest.not_a_numbers import NotANumbers
from sandbox.guest.obeying_values import ObeyingValues
from sandbox.guest.proxies import Proxies
from sandbox.guest.questions import Host
from sandbox.guest.value_writer import NOTHING


class Unsupported(BaseException):
    """The tests need something that can't be sent."""


class Stops(Host, Protocol):
    """The judge, as seen here."""

    def abandon(self, why: str, text: str) -> NoReturn:
        """There is no ruling."""


class JudgeSide:
    """Encodes and decodes for the judge."""

    def __init__(self, stops: Stops, proxies: Proxies, makers: Makers, lender: Lender) -> None:
        self._stops, self._proxies, self._makers, self._lender = stops, proxies, makers, lender
        self.obeying = ObeyingValues(stops.not_carried)
        self._common = JudgesContainers(self._encoder_of_contents, lambda: self._agreed.declared)
        self._agreed = Agreed(nans=NotANumbers(LENT))

    def agree(self, **what: Any) -> None:
        """From now on both sides have this: fields of `Agreed`."""
        self._agreed = self._agreed._replace(**what)

    def _message(self) -> value_codec.Encoder:
        """The encoder of a message that is begun."""
        self._lender.begin()
        return self._encoder_of(self._common.containers, self._common.places)

    def _encoder_of(self, known: list[Any], places: dict[int, int] | None) -> value_codec.Encoder:
        copies = self._common.copies
        instead_of = None if self._common.in_place and not copies.were_made else copies.instead_of
        more: dict[str, Any] = {"exact": True, "places": places, "instead_of": instead_of}
        return value_codec.encoder(self._other, 1 << 30, known, self._agreed, **more)

    def _decoder(self, data: bytes, known: list[Any]) -> value_decoder.Decoder:
        return value_decoder.Decoder(data, self._make, known, self._agreed, met=self.obeying.meet)

    def _make(self, number: int, told: Any, bare: Any) -> Any:
        if number & LENT and bare is NOTHING:
            own = self._lender.get(number)
            self.obeying.meet(own)
            return own
        return self._proxies.make(number, told, bare)

    def _other(self, value: object) -> tuple[int, Any]:
        """The number of a value that is not plain: the candidate's, or that of an object of the tests, with its
        description. Raises Unsupported if it can't be lent."""
        number = self._proxies.number(value)
        if number is None:
            number = self._makers.numbers.get(id(value))
        if number is not None:
            return number, None
        lent = self._lender.other(value)
        if lent is None:
            raise Unsupported(f"the tests pass something that is not plain data: {type(value).__name__}")
        return lent

    def _encoder_of_contents(self, known: list[Any], places: dict[int, int] | None = None) -> value_codec.Encoder:
        self._lender.begin()
        return self._encoder_of(known, places)
