"""The data that a session has collected, as a list and as a CSV file."""

import csv
import io
import json
from typing import Any
from urllib.parse import quote

from qchime.core.backend import Call
from qchime.restjson import to_iso8601
from qchime.rules import inferred
from qchime.services.qapps.directory import Directory
from qchime.services.qapps.forms import visible
from qchime.services.qapps.resources import EXPORT_LASTS, Export, Session
from qchime.world import User


class SessionDataOperations(Directory):
    """https://docs.aws.amazon.com/amazonq/latest/api-reference/API_qapps_ListQAppSessionData.html"""

    def list_q_app_session_data(self, call: Call, *, instance_id: str, session_id: str) -> dict[str, Any]:
        """The submissions that the caller may see."""
        session = self.session(call, instance_id, session_id)
        return {
            "session_id": session.session_id,
            "session_arn": session.session_arn,
            "session_data": [
                {
                    "card_id": entry.card_id,
                    "value": entry.value,
                    "user": {"user_id": entry.user_id},
                    "submission_id": entry.submission_id,
                    "timestamp": entry.timestamp,
                }
                for entry in visible(session, call.user)
            ],
        }

    def export_q_app_session_data(self, call: Call, *, instance_id: str, session_id: str) -> dict[str, Any]:
        """Export the current data as a CSV file, which the returned link downloads until it expires."""
        session = self.session(call, instance_id, session_id)
        export_id, expires_at = self.new_uuid(), self.world.clock.now() + EXPORT_LASTS
        export = Export(session_id, _as_csv(session, call.user), expires_at)
        self.instance(instance_id).exports[export_id] = export
        where = f"{self.account_id}/{self.region_name}/{quote(instance_id, safe='')}"
        return {
            "csv_file_link": f"{self.files_url(call)}/{where}/{export_id}.csv",
            "expires_at": expires_at,
            "session_arn": session.session_arn,
        }


@inferred(
    "qapps.exported-file",
    "An export is a CSV file with one column for each field of the answers, followed by user, submission "
    "and time. Omitted fields are empty, and values other than strings are JSON. Later submissions do not "
    "change the file.",
)
def _as_csv(session: Session, user: User) -> str:
    """The submissions that a user may see."""
    entries = visible(session, user)
    fields = list(dict.fromkeys(name for entry in entries for name in entry.value))
    text = io.StringIO()
    rows = csv.writer(text)
    rows.writerow([*fields, "user", "submission", "time"])
    for entry in entries:
        values = [_cell(entry.value.get(name, "")) for name in fields]
        rows.writerow([*values, entry.user_id, entry.submission_id, to_iso8601(entry.timestamp)])
    return text.getvalue()


def _cell(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
