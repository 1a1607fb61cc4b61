"""The bare thread pool that reading is compared with: threads and one botocore client.

``python -m benchmarks.pool THREADS`` makes the calls of a snapshot, at ``AWS_ENDPOINT_URL``, and
discards the responses.
"""

import sys
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import botocore.session
from botocore.config import Config


def _names(client: Any) -> list[str]:
    pages = []
    page = client.list_configuration_sets()
    pages.append(page)
    while "NextToken" in page:
        page = client.list_configuration_sets(NextToken=page["NextToken"])
        pages.append(page)
    return [name for page in pages for name in page["ConfigurationSets"]]


def main() -> None:
    """List the sets, then read the options and destinations of each."""
    threads = int(sys.argv[1])
    config = Config(max_pool_connections=threads)
    client: Any = botocore.session.get_session().create_client("sesv2", config=config)
    actions = (client.get_configuration_set, client.get_configuration_set_event_destinations)
    with ThreadPoolExecutor(threads) as pool:
        waiting = [
            pool.submit(partial(action, ConfigurationSetName=name))
            for name in _names(client)
            for action in actions
        ]
        for future in waiting:
            future.result()


if __name__ == "__main__":
    main()
