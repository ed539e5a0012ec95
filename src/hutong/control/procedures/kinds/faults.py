"""Why a file is not taken as an attachment."""

from hutong.core.errors import Invalid, TooLarge


class AttachmentNameUnusable(Invalid):
    """A file called “{name}” is not taken: the name has characters or a form that not every computer keeps."""


class AttachmentNameMisleading(Invalid):
    """A file called “{name}” is not taken: the name hides the ending of a program ({ending})."""


class AttachmentKindRefused(Invalid):
    """“{name}” is of no kind that is taken here; taken are {kinds}."""


class AttachmentNotItsKind(Invalid):
    """“{name}” is not what its ending says: its content looks like {found}."""


class AttachmentBroken(Invalid):
    """“{name}” is damaged or incomplete: it cannot be read as {kind}."""


class AttachmentPolyglot(Invalid):
    """“{name}” is more than one file: before, behind or inside the {kind} stands something that is no part of it."""


class AttachmentActive(Invalid):
    """“{name}” contains a program, a macro or an embedded object: {member}."""


class AttachmentFetches(Invalid):
    """“{name}” fetches something from elsewhere when it is opened, a template or another file: {member}."""


class AttachmentCommands(Invalid):
    """“{name}” has a field or a link that starts another program (DDE): {member}."""


class AttachmentCarries(Invalid):
    """“{name}” carries another document or an object of another program: {member}."""


class AttachmentScripted(Invalid):
    """“{name}” has a drawing with a script in it: {member}."""


class AttachmentLocked(Invalid):
    """“{name}” contains parts that only a password opens: {member}."""


class AttachmentExpands(TooLarge):
    """“{name}” unpacks to more than {limit} MB or {members} parts."""
