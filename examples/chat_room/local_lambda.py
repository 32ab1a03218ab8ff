"""Stands in for AWS Lambda on a developer's machine.

AWS invokes the censor for each message. A qchime server passes messages on instead, unless they are held.
This program holds them, and invokes the censor for each.

    python local_lambda.py https://127.0.0.1:4590
"""

import sys
import time
from contextlib import suppress

import censor

from qchime import Client


def main(url: str, pause: float = 0.2) -> None:
    flows = Client(url).flows
    flows.hold("Censor")
    print("The censor is at work.", flush=True)
    while True:
        for message in flows.pending():
            censor.handler(message.event, None)
        time.sleep(pause)


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        main(sys.argv[1])
