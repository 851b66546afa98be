"""How often one network address may ask for codes that do not exist: generously, a whole ministry may stand behind it.

Kept in the process: codes have 128 bits, so this keeps nobody from guessing (nothing must), only from hammering.
"""

import datetime as dt
from threading import Lock

from elearn.core import clock

MISSES = 100
WINDOW = dt.timedelta(minutes=10)
_MOST_ADDRESSES = 10_000

_lock = Lock()
_counts: dict[str, tuple[dt.datetime, int]] = {}


def exhausted(address: str) -> bool:
    """Whether this address has missed too often within the window."""
    with _lock:
        began, count = _counts.get(address, (clock.now(), 0))
        return count >= MISSES and abs(clock.now() - began) < WINDOW  # a clock set back must not lock anybody out


def missed(address: str) -> None:
    """Count a code that does not exist."""
    now = clock.now()
    with _lock:
        if len(_counts) >= _MOST_ADDRESSES:
            _forget(now)
        began, count = _counts.get(address, (now, 0))
        _counts[address] = (now, 1) if abs(now - began) >= WINDOW else (began, count + 1)


def _forget(now: dt.datetime) -> None:
    for address in [address for address, (began, _count) in _counts.items() if abs(now - began) >= WINDOW]:
        del _counts[address]
    if len(_counts) >= _MOST_ADDRESSES:
        _counts.clear()
