"""Words for the codes of purposes and matters that systems sign with. A code that is not here is shown as it is."""

PURPOSES: dict[str, str] = {
    "residence-permit": "办理居住证",
    "social-assistance": "核验社会救助对象",
    "enterprise-registration": "办理企业登记",
    "trial": "试用自己的数据",
}
"""Code of a purpose → its words."""

MATTERS: dict[str, str] = {
    "3301-0007": "居住证申领",
    "trial": "示范县试用",
}
"""Code of a matter → its name in the list of government services."""
