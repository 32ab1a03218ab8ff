"""AWS's quotas, and what a test author makes of them."""

from dataclasses import asdict, dataclass, fields
from typing import Any


@dataclass
class Limits:
    """The figures that both services enforce: AWS's own until changed.

    Amazon Chime SDK: https://docs.aws.amazon.com/chime-sdk/latest/ag/chime-sdk-quotas.html
    Amazon Q Apps: https://docs.aws.amazon.com/amazonq/latest/qbusiness-ug/quotas-regions.html
    A misspelt name is an AttributeError, a negative figure a ValueError.
    """

    app_instances_per_account: int = 100
    """App instances per account and region."""
    users_per_app_instance: int = 100_000
    """Users in one app instance."""
    admins_per_app_instance: int = 100
    """Administrators of one app instance."""
    endpoints_per_user: int = 10
    """Endpoints that one app instance user can register."""
    apps_per_instance: int = 1_000
    """Q Apps in one Q Business application."""
    apps_per_user: int = 100
    """Q Apps of one user in one Q Business application."""
    file_cards_per_app: int = 20
    """File-upload cards of one Q App."""
    form_cards_per_app: int = 20
    """Form cards of one Q App."""
    categories_per_instance: int = 10
    """Library categories of one Q Business application."""
    file_bytes: int = 50 * 1024 * 1024
    """Size of one uploaded file, in bytes."""
    tags_per_resource: int = 50
    """Tags on one resource."""

    def __setattr__(self, name: str, value: Any) -> None:
        _check(name, value)
        super().__setattr__(name, value)

    def update(self, **figures: int) -> None:
        """Change several at once, or none if one of them is wrong."""
        for name, value in figures.items():
            _check(name, value)
        self.__dict__.update(figures)

    def as_dict(self) -> dict[str, int]:
        """Every limit by name."""
        return asdict(self)

    def state(self) -> "Limits":
        """A copy; its attributes are what a state keeps."""
        return Limits(**self.as_dict())

    def restore(self, state: "Limits") -> None:
        """Be like that one."""
        self.__dict__.update(state.as_dict())

    def reset(self) -> None:
        """Back to AWS's figures."""
        self.__dict__.update(_FIGURES)


_FIGURES = {limit.name: limit.default for limit in fields(Limits)}


def _check(name: str, value: Any) -> None:
    known = Limits.__dataclass_fields__
    if name not in known:
        raise AttributeError(f"There is no limit {name!r}. The limits are: {', '.join(known)}")
    if type(value) is not int:
        raise TypeError(f"The limit {name} takes a whole number, not {value!r}")
    if value < 0:
        raise ValueError(f"The limit {name} takes a figure of 0 or more, not {value}")
