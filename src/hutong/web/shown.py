"""What is made for a template: plain values that it reads by name."""


class Shown:
    """A value whose attributes a template finds at its first look, which is for an item of that name.

    Without it each name costs an exception, raised and caught: half the time a template takes for a name, and a page
    of fifty rows reads two thousand of them.
    """

    __slots__ = ()
    __getitem__ = object.__getattribute__
