"""What a message says of its signature (RFC 9421), wherever it is not written just as we write it ourselves.

Whatever is equal by the standard is read alike: any label, any order of components, further components, no `alg`,
blanks, and other people's signatures beside the one with our tag. What is not taken is named.
"""

import binascii
from collections.abc import Collection, Mapping
from typing import NamedTuple

from dryoc.hash import sha256

from hutong.core import structured
from hutong.core.errors import Malformed
from hutong.core.structured import Component, FieldMember

NONCE_LENGTH = 16
MOST_COMPONENTS = 64
LONGEST_LABEL = 64
DERIVED = frozenset({"@method", "@authority", "@path", "@query", "@request-target"})
"""Components beside headers that can be checked here; scheme and whole target are not known behind a proxy."""
_NOT_ITSELF = frozenset({"signature", "signature-input"})
EXAMPLES = {
    "created": "created=1767225600",
    "expires": "expires=1767225900",
    "nonce": 'nonce="bm5ubm5ubm5ubm5ubm5ubg=="',
    "keyid": 'keyid="sys-1"',
    "alg": 'alg="ed25519"',
}
"""How each parameter is written."""


class SignatureMalformed(Malformed):
    """{header} cannot be signed or read: it is printable ASCII of bounded length, without blanks around it."""


class TagNotThere(SignatureMalformed):
    """No signature in Signature-Input has the parameter tag="{tag}"."""


class TagTwice(SignatureMalformed):
    """More than one signature in Signature-Input has the parameter tag="{tag}": {labels}."""


class LabelNotThere(SignatureMalformed):
    """Signature has nothing under the label {label}, which Signature-Input names."""


class SignatureNotBytes(SignatureMalformed):
    """What Signature has under {label} is not the Base64 of 64 bytes between colons."""


class ComponentNotCovered(SignatureMalformed):
    """The signature does not cover {component}, and has to."""


class ComponentTwice(SignatureMalformed):
    """The signature covers {component} twice."""


class ComponentNotTaken(SignatureMalformed):
    """The signature covers {component}, which cannot be checked here."""


class ComponentNotThere(SignatureMalformed):
    """The signature covers the header {component}, which did not come with the request."""


class ParameterNotThere(SignatureMalformed):
    """The signature lacks the parameter {parameter}."""


class ParameterNotTaken(SignatureMalformed):
    """The signature has the parameter {parameter}, which is not known here."""


class ParameterMisread(SignatureMalformed):
    """The signature's parameter {parameter} is not as it has to be; it is written like {example}."""


class Read(NamedTuple):
    """A signature and what is said of it, as it was written."""

    label: str
    items: tuple[Component, ...]
    given: dict[str, str]
    """The parameters."""
    text: str
    """Components and parameters: the last line of what is signed."""
    signature: str
    """As it stands in Signature, colons included."""


def read(input_: str, signature: str, *, tag: str) -> Read:
    """Return the one signature of a message that has our tag.

    Raises HeaderUnreadable, KeyTwice, SignatureMalformed and of its kinds TagNotThere, TagTwice, LabelNotThere,
    SignatureNotBytes.
    """
    members = structured.dictionary(input_, header="Signature-Input")
    ours = {label: each for label, each in members.items() if each.parameters.get("tag") == f'"{tag}"'}
    if len(ours) > 1:
        raise TagTwice(tag=tag, labels=", ".join(ours)[:200])
    for label, each in ours.items():
        if len(label) > LONGEST_LABEL:
            raise SignatureMalformed(header="Signature-Input")
        if each.items is not None:
            return Read(label, each.items, each.parameters, str(each), _signature(signature, label))
    raise TagNotThere(tag=tag)


def _signature(text: str, label: str) -> str:
    found: FieldMember | None = structured.dictionary(text, header="Signature").get(label)
    if found is None:
        raise LabelNotThere(label=label[:100])
    if found.items is not None or not found.value.startswith(":"):
        raise SignatureNotBytes(label=label[:100])
    return found.value


def components(items: Collection[Component], *, needed: Collection[str]) -> tuple[str, ...]:
    """Return the names of the components of a request, in their order, each one that can be checked.

    Raises ComponentNotTaken, ComponentTwice, and ComponentNotCovered for one that is `needed`.
    """
    found: list[str] = []
    for item in items:
        name = item.value[1:-1] if item.value[0] == '"' else item.value
        if (
            item.value[0] != '"'
            or item.parameters
            or name in _NOT_ITSELF
            or name != name.lower()
            or (name.startswith("@") and name not in DERIVED)
            or len(items) > MOST_COMPONENTS
        ):
            raise ComponentNotTaken(component=str(item)[:100])
        if name in found:
            raise ComponentTwice(component=name[:100])
        found.append(name)
    for name in needed:
        if name not in found:
            raise ComponentNotCovered(component=name)
    return tuple(found)


def check_items(items: Collection[Component], *, wanted: Collection[str]) -> None:
    """Return if just these components are covered in this order; raises ComponentNotCovered, ComponentNotTaken."""
    found = [str(each) for each in items]
    for each in wanted:
        if each not in found:
            raise ComponentNotCovered(component=each)
    if found != [*wanted]:
        raise ComponentNotTaken(component=" ".join(found)[:100])


def check_parameters(given: Mapping[str, str], *, needed: Collection[str], free: Collection[str] = ()) -> None:
    """Return if these are the parameters needed and no others but the `free`.

    Raises ParameterNotThere, ParameterNotTaken.
    """
    for name in needed:
        if name not in given:
            raise ParameterNotThere(parameter=name)
    for name in given:
        if name not in needed and name not in free:
            raise ParameterNotTaken(parameter=name[:100])


def misread(parameter: str) -> ParameterMisread:
    """Return the failure of a parameter that is not as it has to be."""
    return ParameterMisread(parameter=parameter, example=EXAMPLES[parameter])


def seconds(value: str, name: str) -> int:
    """Return a moment that is a parameter; raises ParameterMisread."""
    if len(value) > 11 or not (value.isascii() and value.isdigit()) or value[0] == "0":
        raise misread(name)
    return int(value)


def nonce(value: str) -> bytes:
    """Return the 16 bytes that a nonce is in Base64, or that any other text of 16 to 128 characters stands for.

    Raises ParameterMisread.
    """
    text = value[1:-1]
    if value[:1] == '"' and value[-1:] == '"':
        try:
            found = binascii.a2b_base64(text, strict_mode=True)
        except ValueError:
            found = b""
        if len(found) == NONCE_LENGTH and binascii.b2a_base64(found, newline=False).decode() == text:
            return found
        if 16 <= len(text) <= 128 and text.isascii() and text.isprintable() and not {'"', "\\"} & set(text):
            return sha256(text.encode())[:NONCE_LENGTH]
    raise misread("nonce")
