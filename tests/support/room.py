"""A disk without room, without being root: the kernel lets a process write no file beyond so many bytes.

What then fails is every write to a file, at once, with EFBIG, which the application treats as ENOSPC. SIGXFSZ, which
would come too, Python ignores from its start.
"""

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

FREE = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)


@contextmanager
def no_room(*, beyond: int = 0, pid: int = 0) -> Iterator[None]:
    """In the block a process (0: this one) writes no file beyond so many bytes."""
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (beyond, resource.prlimit(pid, resource.RLIMIT_FSIZE)[1]))
    try:
        yield
    finally:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, FREE)


def children(pid: int) -> list[int]:
    """The processes that one has forked and that live."""
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
