"""Amazon Q Apps: the row of the table. Everything else is imported on first use.

https://docs.aws.amazon.com/amazonq/latest/api-reference/API_Operations_QApps.html
"""

from qchime.core.service import Service, Word
from qchime.services.qapps.rates import RATES

SERVICE = Service(
    name="qapps",
    title="Amazon Q Apps",
    endpoint_prefix="data.qapps",
    signing_name="qapps",
    arns=r"arn:[a-z-]+:qapps:",
    backend_class="qchime.services.qapps.backend:QAppsBackend",
    exceptions_module="qchime.services.qapps.exceptions",
    # https://docs.aws.amazon.com/amazonq/latest/qbusiness-ug/quotas-regions.html
    limits={
        "apps_per_instance": 1_000,  # Q Apps in one Q Business application
        "apps_per_user": 100,  # of one user in one Q Business application
        "file_cards_per_app": 20,
        "form_cards_per_app": 20,
        "initial_prompt_characters": 10_000,  # of one Q App
        "categories_per_instance": 10,  # in the library of one Q Business application
        "file_bytes": 50 * 1024 * 1024,  # of one uploaded file
        "tags_per_resource": 50,
    },
    rates=RATES,
    words={
        "answers": Word(
            "qchime.services.qapps.answers:Answers",
            "qchime.services.qapps.remote:RemoteAnswers",
            example='{"card": "Summary", "text": "All is well"}',
        ),
        "categories": Word(
            "qchime.services.qapps.initial_categories:InitialCategories",
            "qchime.services.qapps.remote:RemoteInitialCategories",
            example='{"title": "Human Resources"}',
        ),
    },
    file_operations=["ImportDocument"],
    routes_object="qchime.services.qapps.links:LINKS",
    looks_object="qchime.services.qapps.looks:LOOKS",
    transitions=["qapps::session"],
)
