"""Amazon Q Apps.

https://docs.aws.amazon.com/amazonq/latest/api-reference/API_Operations_QApps.html
"""

from qchime.backend import Backend, Backends


class QAppsBackend(Backend):
    """The Q Apps of one account and region."""


qapps_backends = Backends(QAppsBackend, "qapps")
