"""The errors in responses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from qchime.rules import Rule

if TYPE_CHECKING:
    from typing_extensions import Self


class ErrorResponse(Exception):
    """An error that a response reports to the client."""

    rule: Rule | None = None
    """The rule that the error follows from, None if AWS documents it."""

    def because(self, rule: Rule | None) -> Self:
        """Name the rule that the error follows from: `raise ConflictException("…").because(RULE)`."""
        self.rule = rule
        return self


class ServiceException(ErrorResponse):
    """An error that a service's model declares; the shape of the same name gives its status and members.

    A service has one subclass for each of its exceptions, named as in the model. Members other than the
    message are keyword arguments in snake case, and become attributes.
    """

    def __init__(self, message: str, **members: Any) -> None:
        super().__init__(message)
        self.message = message
        """The message, as the client shows it."""
        self.__dict__.update(members)

    @classmethod
    def of_members(cls, message: str, **members: Any) -> ServiceException:
        """An error with these members, whatever arguments the subclass takes."""
        error = cls.__new__(cls)
        ServiceException.__init__(error, message, **members)
        return error


class CommonError(ErrorResponse):
    """One of AWS's common errors, which AWS returns before a request reaches the service; no model has them.

    https://docs.aws.amazon.com/general/latest/gr/api-error-codes.html
    """

    code: ClassVar[str]
    status: ClassVar[int]


class UnknownOperation(CommonError):
    """No operation has this method and path."""

    code = "UnknownOperationException"
    status = 404


class UnsupportedOperation(CommonError):
    """The model of this operation has something that this package does not support."""

    code = "NotImplementedException"
    status = 501


class MalformedRequest(ErrorResponse, ValueError):
    """The body cannot be parsed. Each service has its own exception for this."""
