"""What a request can be answered with instead of a result."""

from typing import Any, ClassVar


class ServiceException(Exception):
    """An error of a service's model; the shape of that name says its status and its members.

    A service derives one class for each of its exceptions, named as the model names it. Members beside
    the message are given as keywords, in Python's spelling, and become attributes.
    """

    def __init__(self, message: str, **members: Any) -> None:
        super().__init__(message)
        self.message = message
        self.__dict__.update(members)

    @classmethod
    def of_members(cls, message: str, **members: Any) -> "ServiceException":
        """One that is made of what it answers, whatever arguments a subclass takes."""
        error = cls.__new__(cls)
        ServiceException.__init__(error, message, **members)
        return error


class CommonError(Exception):
    """An error that AWS's front door answers before any service, so no service's model declares it.

    https://docs.aws.amazon.com/general/latest/gr/api-error-codes.html
    """

    code: ClassVar[str]
    status: ClassVar[int]


class UnknownOperation(CommonError):
    """No operation has this method and path."""

    code = "UnknownOperationException"
    status = 404


class MalformedRequest(ValueError):
    """A body that cannot be read at all. Each service has an exception of its own for this."""
