"""Faults about what is applied for by codes: purposes that are registered, and matters that are not."""

from fault import OUT, SHIFTED, Fault

SHARING, TERMS = "control/sharing/operations.py", "control/sharing/terms.py"
FAULTS = (
    Fault("SX-10-e", OUT, "any purpose is applied for", "control/sharing/checking.py",
          'terms.offered("purpose", code=facts["purpose"])', 'isinstance(terms.names("purpose"), dict)'),
    Fault("SX-10-e", OUT, "lodging looks at no purpose", SHARING,
          'if not terms.known("purpose", code=application.purpose):', "if False:"),
    Fault("SX-10-e", SHIFTED, "a purpose taken out of the register serves on", TERMS,
          "filter(kind=kind, code=code, active=True)", "filter(kind=kind, code=code)"),
    Fault("SX-10-e", OUT, "no step says that a matter was unchecked", SHARING,
          ", remark=terms.remark(application.matters)", ""),
    Fault("SX-10-e", OUT, "the page marks no matter", "web/desk/register.py",
          'note="" if each in known else', 'note="" if each else'),
    Fault("SX-10-e", OUT, "cases together mark no matter", "web/wording/likes.py",
          'gettext("%(matter)s（未核对）") % {"matter": code}', 'gettext(code)'),
    Fault("SX-10-e", OUT, "the file of applications tells no unchecked matter", "web/desk/application/lists.py",
          "for code in each.matters if code in unchecked", "for code in each.matters if not unchecked"),
    Fault("SX-10-e", SHIFTED, "the code of a purpose passes for one of a matter", TERMS,
          'filter(kind="matter", code__in=matters)', "filter(code__in=matters)"),
)  # fmt: skip
