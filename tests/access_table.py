"""Who reaches what: every endpoint and method, for everybody, in one table. What is missing here fails test_access.

Amina studies the course of the address; Boris teaches it; Chloe teaches another; Dawit administers. Strangers to an
object get 404 (HIDDEN), members without the right get 403 (FORBIDDEN). Names in addresses come from the academy of the
tests (`slug`, `step`, `code` …: see `values_of` in test_access); `values={…}` says otherwise.
"""

from tests.support.access import FORBIDDEN, HIDDEN, OPEN, SIGN_IN, Row

# fmt: off
TABLE = [
    #   endpoint                        method   visitor    Amina      Boris      Chloe      Dawit
    # people
    # catalogue
    Row("catalogue.courses",            "GET",   OPEN,      OPEN,      OPEN,      OPEN,      OPEN),
    Row("catalogue.preview",            "GET",   OPEN,      OPEN,      OPEN,      OPEN,      OPEN),
    Row("catalogue.asset",              "GET",   OPEN,      OPEN,      OPEN,      OPEN,      OPEN),
    # learning
    # assessment
    # certification
    # reporting
    # home
]
# fmt: on

__all__ = ["FORBIDDEN", "HIDDEN", "OPEN", "SIGN_IN", "TABLE", "Row"]
