"""What the tests of faults share with others."""

from tests.core.conftest import elsewhere as elsewhere  # an instance without anything
