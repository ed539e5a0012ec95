"""Whether something was filled in."""


def says_something(value: object) -> bool:
    """Return whether something was filled in: blanks are nothing, and so is a list of them or with one among others."""
    if isinstance(value, list | tuple):
        return bool(value) and all(map(says_something, value))
    return bool(value.strip() if isinstance(value, str) else value)
