"""Runs test files as a user has them, each in a pytest of its own."""

import pytest

USE = """
import boto3
import pytest

def names(client):
    return [instance["Name"] for instance in client.list_app_instances()["AppInstances"]]
"""


def run(pytester: pytest.Pytester, tests: str, *arguments: str) -> pytest.RunResult:
    pytester.makepyfile(USE + tests)
    return pytester.runpytest_subprocess(*arguments)
