"""What the fields of forms are called there: in a refusal a field goes by the label its reader saw."""

import re
from collections.abc import Mapping

from django.utils.translation import gettext

FIELDS: dict[str, str] = {
    "code": "信息资源代码",
    "name": "名称",
    "username": "账号",
    "password": "密码",
    "abstract": "摘要",
    "items": "信息项",
    "format": "格式",
    "method": "共享方式",
    "service": "服务名称（服务接口）",
    "time_out": "应答时限（秒）",
    "form": "资源形态",
    "sharing type": "共享类型",
    "sharing_type": "共享类型",
    "sharing_condition": "共享条件（有条件共享）",
    "sharing_basis": "不予共享的依据",
    "personal": "记录涉及个人",
    "update_cycle": "更新周期",
    "purpose": "用途",
    "legal_basis": "法律依据",
    "matters": "办理事项",
    "mode": "怎样使用",
    "need": "为什么比对或查询不够用",
    "conditions": "查询条件",
    "row_filter": "记录范围",
    "system": "应用系统",
    "users": "使用人员",
    "devices": "使用设备",
    "quota": "每日最多次数",
    "guesses": "同一对象每日最多次数",
    "yearly_records": "每年最多不同记录数",
    "limit": "上限名称",
    "value": "提高到",
    "finding": "查看情况（必填）",
    "from_at": "开始日期",
    "until_at": "结束日期",
    "action": "办理步骤",
    "reason": "理由",
    "region": "行政区划",
    "basis": "法律依据",
    "no": "授权编号",
    "key": "批次号",
    "kind": "交付方式",
    "file": "文件",
    "attachment": "添加附件",
    "present": "当前密码",
    "again": "再次输入新密码",
    "q": "关键词",
    "provider": "提供方",
    "type": "共享类型",
    "resource": "信息资源",
    "version": "版本",
    "consumer": "使用方",
    "identifier": "主体标识",
    "words": "说明或答复",
    "opinion": "意见",
    "to": "由谁办理",
    "unit": "会签单位",
    "from_date": "首日",
    "until_date": "截止日期（含当日）",
    "role": "角色",
    "agrees": "不同意，退回重新拟办",
    "case": "勾选的事项",
    "procedure": "事项",
    "whose": "由谁办理",
    "late": "只看逾期",
    "state": "状态",
    "whom": "停止的对象",
    "clause": "停止的依据",
    "verified": "整改核查情况",
    "event": "事件",
    "officer": "办理人（登录名）",
    "from": "自（含当日）",
    "until": "至（含当日）",
    "receipt": "存证编号或回执的叶子哈希",
    "result": "结果",
    "with": "与哪一版比较",
}
"""Field of a form → its label there."""

_ELSEWHERE: dict[str, Mapping[str, str]] = {
    "account": {"password": "新密码"},
    "deliveries": {"code": "信息资源"},
    "deputies": {"unit": "哪个单位的", "officer": "由谁代理"},
    "offices": {"role": "职责", "unit": "移交给", "region": "行政区划代码"},
    "officers": {"name": "姓名", "unit": "单位", "until_date": "末日（含当日）"},
    "registration": {
        "code": "标识",
        "department": "所在部门",
        "purpose": "用途",
        "address": "网址或者网络地址",
        "mlps_level": "等级保护级别",
        "mlps_no": "等级保护备案证明编号",
        "mlps_until": "等级保护证明有效期至",
        "public_key": "公钥",
    },
    "rulebook": {"from_date": "施行日期"},
    "login_code": {"code": "动态口令或恢复码"},
    "second_factor": {"code": "动态口令或恢复码"},
}
"""Page → its fields that are called otherwise there."""

ITEM: dict[str, str] = {
    "code": "字段名",
    "name": "名称",
    "type": "类型",
    "length": "最长字数",
    "offered": "最多可",
    "key": "识别项",
    "required": "必填",
    "sensitive": "敏感",
    "condition": "可作条件",
    "ranged": "范围",
    "filter": "可限定记录",
    "rules": "质量规则",
}
"""Column of the items in the form of an entry → its label there."""


def label(field: str, *, page: str = "") -> str:
    """Return what a field is called on `page`, in the reader's language; one that no form shows, as it is."""
    if (cell := re.fullmatch(r"item-(\d{1,3})-(\w+)", field)) and cell[2] in ITEM:
        return f"{gettext(ITEM[cell[2]])} {cell[1]}"
    if field.startswith("inside-"):
        field = "row_filter"
    found = _ELSEWHERE.get(page, {}).get(field) or FIELDS.get(field)
    return gettext(found) if found else field
