"""What each thing said of an item means, for the form, the list to fill in, and whoever reads them."""

from collections.abc import Mapping

from django.utils.translation import gettext_noop

EXPLAINED: Mapping[str, str] = {
    "code": gettext_noop("交付文件里这一列的名称，以字母开头，只用字母、数字和下划线。"),
    "name": gettext_noop("目录、申请和退回数据时显示的名称；不能以 =、+、-、@ 开头。"),
    "type": gettext_noop("值的种类。号码、代码一类不参加计算的，选字符。"),
    "length": gettext_noop("一个值最多几个字；不限的留空。"),
    "offered": gettext_noop("这一项最多可以提供到哪一步：只比对、可查询，还是可订阅。只比对的，平台不存原值。"),
    "key": gettext_noop("用来找到一条记录的信息项，例如公民身份号码；一项资源至少有一个。"),
    "required": gettext_noop("没有值的行不入库，退回更正。"),
    "sensitive": gettext_noop("可查询、可订阅的敏感信息项在平台上加密保存，比对受次数限制。"),
    "condition": gettext_noop("使用方查询时，除识别项以外还可以凭它查找，例如凭姓名查。"),
    "ranged": gettext_noop(
        "查询时可以给出起止值，例如某年到某年之间；须同时勾选“可作条件”，并且不加密保存（可查询，且不敏感）。"
    ),
    "filter": gettext_noop(
        "申请时可以写明只要其中哪些记录，例如只要某个乡镇的。只用于代码和短词，不能是识别项或者指向具体个人、单位的信息项。"
    ),
    "rules": gettext_noop("交付时对值的检查，每行一条；不检查的留空。"),
}
"""What is said of an item → what it means."""
