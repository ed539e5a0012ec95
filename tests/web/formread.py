"""The forms of a page as a browser has them, and whether what was refused is told as it has to be."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

HEADING = re.compile(r"有 (\d+) 处需要更正|^1 thing has|^(\d+) things have")


@dataclass
class Control:
    """A field as a form has it."""

    name: str
    kind: str
    id: str
    value: str
    required: bool
    invalid: bool
    described: list[str]
    options: list[str] = field(default_factory=list)


@dataclass
class FormRead(HTMLParser):
    """The forms of a page that post, each with its controls; every id, the title, and where its summary leads.

    `forms` are those that go to the page itself, `sent_to` every one with where it goes.
    """

    page: str
    path: str = ""
    """The address it was read at: a form that is sent there is the page's own, as one without an address is."""

    def __post_init__(self):
        super().__init__(convert_charrefs=True)
        self.forms, self.ids, self.links, self.texts = [], [], [], {}
        self.sent_to: list[tuple[str, list[Control]]] = []
        self._form, self._own, self._summary, self._faults, self._text = None, True, 0, 0, None
        self.title, self._title, self.focused = "", False, []
        self.feed(self.page)

    def handle_starttag(self, tag, attrs):
        said = dict(attrs)
        if "id" in said:
            self.ids.append(said["id"])
            self._text = said["id"] if said["id"].endswith("-wrong") else None
        self._title = tag == "title"
        if "autofocus" in said:
            self.focused.append(said.get("id", ""))
        if tag == "div":
            self._summary += bool(self._summary) or said.get("id") == "faults"
        if tag == "li" and self._summary:
            self._faults += 1
        if tag == "a" and self._summary:
            self.links.append(said["href"])
        if tag == "form":
            self._form = [] if said.get("method") == "post" else None
            self._own = said.get("action", self.path) == self.path
            if self._form is not None:
                self.sent_to.append((said.get("action") or "", self._form))
        if self._form is None:
            return
        if tag in ("input", "select", "textarea"):
            self._form.append(
                Control(
                    said.get("name", ""), said.get("type", tag) if tag == "input" else tag, said.get("id", ""),
                    said.get("value", ""), "required" in said, said.get("aria-invalid") == "true",
                    said.get("aria-describedby", "").split(),
                )
            )  # fmt: skip
        if tag == "option" and self._form:
            self._form[-1].options.append(said.get("value", ""))

    def handle_endtag(self, tag):
        if tag == "div" and self._summary:
            self._summary -= 1
        if tag == "form" and self._form is not None:
            if self._own:
                self.forms.append(self._form)
            self._form = None

    def handle_data(self, data):
        if self._title:
            self.title += data
        if self._text:
            self.texts[self._text] = self.texts.get(self._text, "") + data

    @property
    def faults(self) -> int:
        """How many faults the summary tells."""
        return self._faults

    def form(self, **hidden: str) -> list[Control]:
        """Return the form that sends these names with these values."""
        return next(
            form for form in self.forms
            if all(any((each.name, each.value) == pair for each in form) for pair in hidden.items())
        )  # fmt: skip

    def marked(self) -> set[str]:
        """Return the ids of the fields that are said to be wrong; sees that each says what, once, on this page."""
        every = [each for _, form in self.sent_to for each in form]
        for each in every:
            wrong = [said for said in each.described if said.endswith("-wrong")]
            if each.invalid:
                assert len(wrong) == 1, each
            for said in wrong:
                assert self.texts.get(said, "").strip(), (each.name, said)
        return {each.id or each.name for each in every if each.invalid}
