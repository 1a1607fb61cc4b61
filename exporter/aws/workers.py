"""Work side by side, in threads that hold nobody up."""

import threading
from collections.abc import Callable, Iterable

AT_ONCE = 32
"""How many accounts and regions are read at the same time."""


def in_parallel(
    jobs: Iterable[Callable[[], None]], stop: threading.Event, at_once: int = AT_ONCE
) -> None:
    """Run jobs; the threads are daemons, so that an interrupt need not wait for them.

    Each takes its own errors; one that does not ends the others. Once ``stop`` is set, no further
    job begins.

    Raises:
        BaseException: what a job has raised.
    """
    waiting = list(jobs)
    left = iter(waiting)
    lock = threading.Lock()
    faults: list[Exception] = []

    def work() -> None:
        while not stop.is_set():
            with lock:
                job = next(left, None)
            if job is None:
                return
            try:
                job()
            except Exception as error:  # noqa: BLE001 - raised again by the thread that waits
                faults.append(error)
                stop.set()

    threads = [
        threading.Thread(target=work, daemon=True) for _ in range(min(at_once, len(waiting)))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        while thread.is_alive():
            # With a time limit, as Windows hears of an interrupt in between only.
            thread.join(timeout=0.5)
    if faults:
        raise faults[0]
