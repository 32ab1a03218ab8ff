"""The CloudFormation resource types of a service, as its row describes them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

SEPARATOR = "|"
"""What stands between the parts of a physical id.

https://docs.aws.amazon.com/cloudcontrolapi/latest/userguide/resource-identifier.html
"""


@dataclass(frozen=True, kw_only=True)
class StackResource:
    """How stacks create, update, read and delete the resources of one type.

    Properties are the input members of `Create<noun>`. Changing a property that no operation can update
    replaces the resource.
    """

    noun: str
    """The API's name of the resource, as in `Create<noun>`, `Update<noun>`, `Delete<noun>`, `<noun>Arn`."""
    updates: Sequence[str] = ()
    """Operations that change what `Update<noun>` does not; without a property they remove it."""
    identified_by: Sequence[str] = ()
    """Properties that identify the resource together with its ARN, in all of its operations."""
    arn: str = ""
    """The name of the ARN in `Fn::GetAtt`; `<noun>Arn` by default."""
    attributes: Sequence[str] = ()
    """Further attributes for `Fn::GetAtt`: members of `<noun>` in the response of `Describe<noun>`."""
    parts_of_arn: str = ""
    """A regular expression for the ARN, whose named groups are attributes for `Fn::GetAtt` as well."""
    delete: str = ""
    """A method of the backend that deletes the resource in place of `Delete<noun>`, with its parameters.

    It does nothing if the resource is already gone. moto deletes resources in any order, so those that this
    one refers to may be gone first.
    """

    @property
    def arn_member(self) -> str:
        """The member with the ARN, in the operations' input and output."""
        return f"{self.noun}Arn"

    def physical_id(self, arn: str, properties: Mapping[str, str]) -> str:
        """The value of `Ref`: the ARN, followed by the other properties that identify the resource."""
        return SEPARATOR.join([arn, *(properties[name] for name in self.identified_by)])

    def identifier(self, physical_id: str) -> dict[str, str]:
        """The members that identify a resource in the input of its operations."""
        names = (self.arn_member, *self.identified_by)
        return dict(zip(names, physical_id.split(SEPARATOR), strict=True))

    def from_arn(self, arn: str) -> dict[str, str]:
        """The attributes that follow from the ARN alone, by name."""
        found = re.fullmatch(self.parts_of_arn, arn) if self.parts_of_arn else None
        return {self.arn or self.arn_member: arn} | (found.groupdict() if found else {})

    def arn_attributes(self) -> set[str]:
        """The names of the attributes that follow from the ARN alone."""
        return {self.arn or self.arn_member, *re.compile(self.parts_of_arn).groupindex}
