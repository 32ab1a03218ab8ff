"""The first start in a process imports boto3, and everything that answers its clients, wherever that is."""

import subprocess
import sys
import textwrap
from pathlib import Path

import pytest


def run(folder: Path, program: str, **environment: str) -> list[str]:
    """The lines that a program prints in a process of its own, which imports only our decorators at first."""
    file = folder / "program.py"
    file.write_text(textwrap.dedent(program))
    kept = {"PYTHONPATH": ":".join(filter(None, sys.path)), "AWS_EC2_METADATA_DISABLED": "true"}
    ended = subprocess.run(
        [sys.executable, str(file)], env=kept | environment, capture_output=True, text=True, timeout=120
    )
    return (ended.stdout + ended.stderr[-2000:]).splitlines()


@pytest.mark.parametrize(
    "frozen", ["from freezegun import freeze_time as frozen", "from time_machine import travel as frozen"]
)
def test_under_frozen_time(tmp_path: Path, frozen: str) -> None:
    """What is imported then must not keep the frozen time, nor the classes that stand for it."""
    program = f"""
        {frozen}
        from qchime import mock_chimesdkidentity

        def created() -> int:
            import boto3
            client = boto3.client("chime-sdk-identity", region_name="us-east-1")
            arn = client.create_app_instance(Name="chat")["AppInstanceArn"]
            one = client.describe_app_instance(AppInstanceArn=arn)["AppInstance"]
            return one["CreatedTimestamp"].year

        with frozen("2020-02-02"), mock_chimesdkidentity() as mock:
            print(created())
            state = mock.dump()
        with mock_chimesdkidentity() as mock:
            mock.load(state)
            print(created() > 2020, len(mock.calls()), mock.dump() != state)
    """

    assert run(tmp_path, program) == ["2020", "True 4 True"]


def test_in_several_threads_at_once(tmp_path: Path) -> None:
    program = """
        from concurrent.futures import ThreadPoolExecutor
        from threading import Barrier
        from qchime import mock_qapps

        barrier = Barrier(8)

        @mock_qapps
        def listed(number: int) -> int:
            import boto3
            client = boto3.client("qapps", region_name="us-east-1")
            return len(client.list_q_apps(instanceId=str(number))["apps"])

        def start(number: int) -> int:
            barrier.wait()
            return listed(number)

        with ThreadPoolExecutor(8) as threads:
            print(sum(threads.map(start, range(8))))
    """

    assert run(tmp_path, program) == ["0"]


def test_leaves_alone_earlier_clients_with_an_endpoint_of_their_own(tmp_path: Path) -> None:
    """Even one that is configured too: where it comes from is noted when the client is created."""
    program = """
        from qchime import mock_qapps
        import boto3
        from botocore.config import Config

        once = Config(retries={"total_max_attempts": 1})
        client = boto3.client("qapps", "us-east-1", endpoint_url="http://127.0.0.1:1", config=once)
        configured = boto3.client("qapps", "us-east-1")
        with mock_qapps():
            print(configured.list_q_apps(instanceId="one")["apps"])
            try:
                client.list_q_apps(instanceId="one")
            except Exception as error:
                print(type(error).__name__)
    """

    assert run(tmp_path, program, AWS_ENDPOINT_URL="http://127.0.0.1:1") == ["[]", "EndpointConnectionError"]


def test_counts_for_processes_that_were_created_before(tmp_path: Path) -> None:
    program = """
        from multiprocessing import get_context
        from qchime import mock_qapps

        def list_apps() -> None:
            import boto3
            client = boto3.client(
                "qapps", "us-east-1", aws_access_key_id="key", aws_secret_access_key="secret"
            )
            try:
                client.list_q_apps(instanceId="one")
            except RuntimeError as error:
                print("was mocked in the process that started" in str(error))

        if __name__ == "__main__":
            process = get_context("spawn").Process(target=list_apps)
            with mock_qapps():
                process.start()
                process.join()
    """

    assert run(tmp_path, program) == ["True"]


def test_fails_each_time_if_something_is_missing(tmp_path: Path) -> None:
    program = """
        import botocore.model
        from qchime import mock_qapps

        del botocore.model.OperationModel
        for _ in range(2):
            try:
                mock_qapps().start()
            except ImportError as error:
                print(type(error).__name__)
    """

    assert run(tmp_path, program) == ["IncompatibleVersion"] * 2


class TestWhatWasReplacedBefore:
    """The mock is beneath it, also at the first start in a process."""

    SPY = """
        from unittest.mock import patch
        import boto3
        from botocore.endpoint import Endpoint
        from qchime import mock_qapps

        def spied() -> tuple[list[str], object]:
            seen, send = [], Endpoint._send

            def spy(endpoint, request):
                seen.append(request.url)
                return send(endpoint, request)

            return seen, patch.object(Endpoint, "_send", spy)

        def list_apps() -> None:
            print(boto3.client("qapps", "us-east-1").list_q_apps(instanceId="one")["apps"])

    """

    def test_is_called_first(self, tmp_path: Path) -> None:
        program = (
            self.SPY
            + """
        for _ in range(2):
            seen, patched = spied()
            with patched, mock_qapps():
                list_apps()
            print(len(seen))
        """
        )

        assert run(tmp_path, program) == ["[]", "1"] * 2

    def test_may_be_restored_first(self, tmp_path: Path) -> None:
        program = (
            self.SPY
            + """
        mock = mock_qapps()
        with spied()[1]:
            mock.start()
        list_apps()
        """
        )

        assert run(tmp_path, program) == ["[]"]

    def test_may_be_what_responses_replaces(self, tmp_path: Path) -> None:
        program = """
        from qchime import mock_qapps
        import boto3
        import requests
        import responses

        mock, registered = mock_qapps(), responses.RequestsMock()
        registered.start()
        mock.start()
        client = boto3.client("qapps", "us-east-1")
        url = client.generate_presigned_url("list_q_apps", Params={"instanceId": "one"})
        print(requests.get(url, headers={"instance-id": "one"}).status_code)
        registered.stop()
        print(requests.get(url, headers={"instance-id": "one"}).status_code)
        """

        assert run(tmp_path, program) == ["200"] * 2
