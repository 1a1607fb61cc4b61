"""Run jobs in parallel, in threads that do not delay an interrupt."""

import threading
from collections.abc import Callable, Iterable

AT_ONCE = 32
"""The most accounts and regions to read at the same time."""


def in_parallel(
    jobs: Iterable[Callable[[], None]], stop: threading.Event, at_once: int = AT_ONCE
) -> None:
    """Run jobs in daemon threads, so that an interrupt need not wait for them.

    Jobs are expected to handle their own errors; an exception from one stops the others. Once
    ``stop`` is set, no further job begins.

    Raises:
        Exception: the first exception of a job.
    """
    all_jobs = list(jobs)
    waiting = iter(all_jobs)
    lock = threading.Lock()
    faults: list[Exception] = []

    def work() -> None:
        while not stop.is_set():
            with lock:
                job = next(waiting, None)
            if job is None:
                return
            try:
                job()
            except Exception as error:  # noqa: BLE001 - raised again by the thread that waits
                faults.append(error)
                stop.set()

    threads = [
        threading.Thread(target=work, daemon=True) for _ in range(min(at_once, len(all_jobs)))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        while thread.is_alive():
            # With a timeout, because Windows handles an interrupt only between waits.
            thread.join(timeout=0.5)
    if faults:
        raise faults[0]
