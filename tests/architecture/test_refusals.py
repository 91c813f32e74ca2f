"""Every refusal has one code of its own and one sentence a person at the counter understands."""

import importlib
import re
from collections import Counter
from collections.abc import Iterable

from django.utils.translation import override

from station.errors import DomainError
from tests.architecture.product import APPS, module_of, python_files

CODE = re.compile(r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$")


def all_refusals() -> list[type[DomainError]]:
    for path in python_files(*APPS):
        if path.stem == "errors" and "conf" not in path.parts:
            importlib.import_module(module_of(path))
    return sorted(descendants(DomainError), key=lambda refusal: refusal.__qualname__)


def descendants(parent: type[DomainError]) -> set[type[DomainError]]:
    children = {child for child in parent.__subclasses__() if not child.__module__.startswith("tests.")}
    return children.union(*(descendants(child) for child in children))


def without_code(refusals: Iterable[type[DomainError]]) -> list[str]:
    return [refusal.__name__ for refusal in refusals if not CODE.match(vars(refusal).get("code", ""))]


def shared_codes(refusals: Iterable[type[DomainError]]) -> list[str]:
    return sorted(code for code, uses in Counter(refusal.code for refusal in refusals).items() if uses > 1)


def without_vietnamese(refusals: Iterable[type[DomainError]]) -> list[str]:
    return [refusal.__name__ for refusal in refusals if not has_vietnamese(refusal)]


def has_vietnamese(refusal: type[DomainError]) -> bool:
    sentence = vars(refusal).get("sentence", "")
    with override("en"):
        english = str(sentence)
    with override("vi"):
        vietnamese = str(sentence)
    return bool(english) and english != vietnamese


def test_every_refusal_has_its_own_code():
    refusals = all_refusals()

    assert without_code(refusals) == []
    assert shared_codes(refusals) == []


def test_every_refusal_is_said_in_vietnamese():
    assert without_vietnamese(all_refusals()) == []


# --- each check can fail --------------------------------------------------------------------------------------------


class Nameless(DomainError):
    sentence = "Nobody translated this."


class Shouting(DomainError):
    code = "SHOUTING"


class Twin(DomainError):
    code = "twin"


class OtherTwin(DomainError):
    code = "twin"


def test_refusals_without_code_with_a_shared_one_and_without_vietnamese_are_seen():
    assert without_code([Nameless, Shouting, Twin]) == ["Nameless", "Shouting"]
    assert shared_codes([Shouting, Twin, OtherTwin]) == ["twin"]
    assert without_vietnamese([Nameless, Twin]) == ["Nameless", "Twin"]
