"""Bots of an app instance, backed by Amazon Lex V2. Nothing here calls Lex; nor does AWS on create."""

from typing import Any

from qchime.core.backend import Call
from qchime.core.tagging import TagList
from qchime.rules import inferred
from qchime.services.chimesdkidentity.directory import MALFORMED_ARNS, UPDATES, Directory
from qchime.services.chimesdkidentity.exceptions import (
    BadRequestException,
    ForbiddenException,
    NotFoundException,
)
from qchime.services.chimesdkidentity.locales import LOCALES, OTHER_LOCALES
from qchime.services.chimesdkidentity.resources import AppInstanceBot
from qchime.services.chimesdkidentity.shared import PAGE


class BotOperations(Directory):
    """https://docs.aws.amazon.com/chime-sdk/latest/APIReference/API_identity-chime_CreateAppInstanceBot.html"""

    @OTHER_LOCALES
    @inferred("chime.bot-ids", "Ids of bots are UUIDs.")
    @inferred("chime.bot-quota", "AWS publishes no quota for bots, so there is none.")
    def create_app_instance_bot(
        self,
        call: Call,
        *,
        app_instance_arn: str,
        configuration: dict[str, Any],
        client_request_token: str,
        name: str | None = None,
        metadata: str | None = None,
        tags: TagList | None = None,
    ) -> AppInstanceBot:
        """Create a bot. Its locale must be one of Lex V2's."""
        self.check_metadata(metadata)
        self._check_locale(configuration)
        instance = self.instance(app_instance_arn)
        if earlier := self.replayed(instance.bots, client_request_token, call):
            return earlier
        now = self.world.clock.now()
        arn = f"{app_instance_arn}/bot/{self.new_uuid()}"
        bot = AppInstanceBot(arn, name, metadata, now, now, self.tags_of({}, tags), configuration)
        return instance.bots.add(arn, bot, client_token=client_request_token, parameters=call.parameters)

    def describe_app_instance_bot(self, call: Call, *, app_instance_bot_arn: str) -> dict[str, Any]:
        """One bot in full. This is the only operation that declares NotFoundException."""
        try:
            return {"app_instance_bot": self.bot(app_instance_bot_arn)}
        except ForbiddenException as error:
            rule = error.rule if error.rule is MALFORMED_ARNS else None  # the rest is documented
            missing = NotFoundException(f"There is no app instance bot {app_instance_bot_arn}.")
            raise missing.because(rule) from None

    def list_app_instance_bots(
        self, call: Call, *, app_instance_arn: str, max_results: int = PAGE, next_token: str | None = None
    ) -> dict[str, Any]:
        """A page of summaries."""
        page = self.page(self.instance(app_instance_arn).bots, max_results, next_token)
        return {
            "app_instance_arn": app_instance_arn,
            "app_instance_bots": page.items,
            "next_token": page.next_token,
        }

    @UPDATES
    @OTHER_LOCALES
    def update_app_instance_bot(
        self,
        call: Call,
        *,
        app_instance_bot_arn: str,
        name: str,
        metadata: str,
        configuration: dict[str, Any] | None = None,
    ) -> AppInstanceBot:
        """Replace both name and metadata, and the configuration if one is given."""
        self.check_metadata(metadata)
        if configuration is not None:
            self._check_locale(configuration)
        bot = self.bot(app_instance_bot_arn)
        bot.replace(name, metadata, self.world.clock.now())
        if configuration is not None:
            bot.configuration = configuration
        return bot

    def delete_app_instance_bot(self, call: Call, *, app_instance_bot_arn: str) -> None:
        """Delete the bot, its tags and its administrator role."""
        self.bot(app_instance_bot_arn)
        self.remove_identity(self.instance_of(app_instance_bot_arn, "bot"), app_instance_bot_arn)

    def _check_locale(self, configuration: dict[str, Any]) -> None:
        locale = configuration["lex"]["locale_id"]
        if locale not in LOCALES and self.world.rules[OTHER_LOCALES.name] == "refused":
            raise BadRequestException(f"'{locale}' is not a locale of Amazon Lex V2.").because(OTHER_LOCALES)
