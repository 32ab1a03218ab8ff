"""Decides which requests go to moto's server, and hands them over with their bodies unread."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING, Any

from qchime.control.neighbourhood import neighbourhood
from qchime.core.caller import Scope, account_of_key
from qchime.core.cloud import Cloud
from qchime.core.cloud import cloud as default_cloud
from qchime.core.identify import identify_service
from qchime.core.partitions import dns_suffixes, is_under
from qchime.core.table import SERVICES
from qchime.core.unknown import not_implemented
from qchime.restjson import Request, Response
from qchime.server.control import PREFIX
from qchime.server.control.members import NOT_WITH_MOTO
from qchime.server.trust.proxy import to_environ
from qchime.server.trust.refusals import without_errors
from qchime.server.wsgi import to_wsgi

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

    from qchime.server.trust.origins import Trust


class Neighbour:
    """moto's server.

    Raises:
        ExtraMissing: the extra `server`, which moto's server needs, is not installed.
        ValueError: it cannot serve beside this cloud, or in a member.
    """

    def __init__(self, cloud: Cloud, trust: Trust, *, is_member: bool) -> None:
        if cloud is not default_cloud:
            raise ValueError(
                "moto's state is one per process, so it can only serve beside the default cloud. "
                "Leave out `cloud` or `moto`, or start another process."
            )
        if is_member:
            raise ValueError(NOT_WITH_MOTO)
        if neighbourhood.neighbour is None:
            raise RuntimeError("moto is not registered. Call qchime.moto.registration.register() first.")
        self._cloud = cloud
        self._trust = trust
        self._server = neighbourhood.neighbour.application()

    def takes(self, head: Request) -> bool:
        """Whether to forward a request, because it is not for one of our services.

        Only the host counts for an unsigned request to one of AWS's hosts: its path may be a key in an S3
        bucket.
        """
        if head.path.startswith(PREFIX):
            return False
        scope = Scope.of(head)
        if not scope.signing_name and is_under(head.host, dns_suffixes()):
            return not any(service.owns(head.host) for service in SERVICES)
        return identify_service(head, scope) is None

    def forward(
        self, head: Request, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        """The body of the response of moto's server, which reads the request's itself, or of an error."""
        allow = partial(self._trust.allow, head)

        def answer() -> Iterable[bytes] | Response:
            scope = Scope.of(head)
            if not self._server.has(head):
                return not_implemented(head, scope, with_moto=True)
            account_id = account_of_key(self._cloud.contents, scope.access_key_id)
            if account_id is not None:
                environ.setdefault("HTTP_X_MOTO_ACCOUNT_ID", account_id)
            if self._trust.is_behind_proxy:
                environ.update(to_environ(head))
            body: Any = self._server.answer(environ, start_response, allow)
            return body  # type: ignore[no-any-return]

        response = without_errors(head, answer)
        if not isinstance(response, Response):
            return response
        allow(response.headers)
        return to_wsgi(response, start_response, head.method)
