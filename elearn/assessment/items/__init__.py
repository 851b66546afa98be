"""The item types a quiz may hold, by the name that stands as `type` in quiz.yaml."""

from elearn.assessment.items.base import ItemType
from elearn.assessment.items.multiple import Multiple
from elearn.assessment.items.numeric import Numeric
from elearn.assessment.items.single import Single
from elearn.assessment.items.truefalse import TrueFalse

TYPES: dict[str, ItemType] = {kind.name: kind for kind in (Single(), Multiple(), TrueFalse(), Numeric())}

__all__ = ["TYPES", "ItemType"]
