"""The words the demonstration county is made of."""

from functools import cache

import pyarrow as pa

AGENCIES = (
    ("government_office", "{county}人民政府办公室"),
    ("authority", "{county}大数据发展管理局"),
    ("operator", "{county}信息中心"),
    ("police", "{county}公安局"),
    ("civil_affairs", "{county}民政局"),
    ("social_security", "{county}人力资源和社会保障局"),
    ("market", "{county}市场监督管理局"),
    ("land", "{county}自然资源局"),
    ("education", "{county}教育局"),
    ("health", "{county}卫生健康局"),
    ("approvals", "{county}行政审批局"),
    ("tax", "{county}税务局"),
)
"""Code and name; the authority is the e-government authority, the operator runs the platform."""

SURNAMES = {
    "王": 72, "李": 72, "张": 68, "刘": 54, "陈": 50, "杨": 31, "赵": 23, "黄": 22, "周": 21, "吴": 20,
    "徐": 17, "孙": 15, "胡": 13, "朱": 13, "高": 12, "林": 12, "何": 12, "郭": 12, "马": 11, "罗": 10,
    "梁": 9, "宋": 8, "郑": 8, "谢": 7, "韩": 7, "唐": 6, "冯": 6, "于": 6, "董": 6, "萧": 2, "程": 5,
    "曹": 5, "袁": 5, "邓": 5, "许": 5, "傅": 4, "沈": 4, "曾": 5, "彭": 5, "吕": 4, "苏": 4, "卢": 4,
    "蒋": 4, "蔡": 4, "贾": 3, "丁": 4, "魏": 4, "薛": 3, "叶": 4, "阎": 2, "欧阳": 2, "上官": 1, "诸葛": 1,
    "司马": 1, "尉迟": 1, "仝": 1, "逄": 1, "亓": 1,
}  # fmt: skip
MALE = tuple("伟强磊军洋勇杰涛明超刚平辉鹏飞波斌宇浩凯健俊帆帅旭宁龙林海峰博鑫毅哲翔嘉文武国志建华永泽晨睿昊轩子")
FEMALE = tuple("芳娜敏静丽艳娟霞秀燕玲桂英华玉萍红梅莉兰云洁琳雪倩颖婷慧莹佳欣怡雅思梦瑶诗涵悦萱蕾薇雯璐子雨")
RARE = tuple("㛃䶮𬍛𬱖𫖯𬸚𫍯𬬭𫟹𬀩𠅤𣇉")
"""Characters of real names that GBK does not have."""

DOTTED_PER_THOUSAND = 33
DOTTED_GIVEN = (
    "阿不都热合曼", "买买提", "阿依古丽", "古丽娜尔", "艾合买提", "热孜万古丽", "吐尔逊", "帕提古丽",
    "玉素甫", "迪丽努尔", "阿迪力", "麦麦提明", "祖丽菲娅", "库尔班江", "阿卜杜外力", "伊力亚斯",
)  # fmt: skip
DOTTED_FAMILY = (
    "买买提", "艾力", "吾买尔", "阿不力孜", "托合提", "依明", "赛买提", "库尔班", "尼亚孜", "司马义",
    "卡德尔", "热合曼", "亚森", "肉孜",
)  # fmt: skip

STREETS = (
    "城关街道", "递水街道", "云溪街道", "东山镇", "西坝镇", "南桥镇", "北渡镇", "双井镇", "青石镇", "龙潭乡",
    "白果乡", "三岔畲族乡", "㙦头镇", "大塘镇", "柳林乡", "茶园乡",
)  # fmt: skip
ROADS = (
    "人民路", "建设路", "解放街", "中山路", "文化巷", "学府路", "滨河路", "环城东路", "环城西路", "振兴街",
    "朝阳村", "新民村", "上坪村", "下坪村", "石桥村", "胡同一巷", "前进路", "和平里", "长青路", "桂花苑",
)  # fmt: skip
TRADE_SYLLABLES = (
    "华", "盛", "鑫", "恒", "安", "泰", "瑞", "丰", "达", "信", "诚", "远", "通", "宏", "康", "源", "兴",
    "隆", "博", "雅", "佳", "天", "云", "海", "川", "岳", "禾", "绿", "智", "联",
)  # fmt: skip
INDUSTRIES = (
    ("农业", "A"), ("食品加工", "C"), ("机械制造", "C"), ("竹木制品", "C"), ("建筑工程", "E"), ("商贸", "F"),
    ("物流", "G"), ("餐饮管理", "H"), ("信息技术", "I"), ("房地产开发", "K"), ("咨询服务", "L"),
    ("环保科技", "M"),
)  # fmt: skip
"""Word in the name, and section of GB/T 4754."""
LEGAL_FORMS = ("有限公司", "有限公司", "有限公司", "有限责任公司", "股份有限公司", "合伙企业（有限合伙）")
STATUSES = ("存续", "存续", "存续", "存续", "存续", "存续", "注销", "吊销", "迁出")


@cache
def weighted_surnames() -> tuple[str, ...]:
    """Return every surname as often as its weight, so that a fair lot is a weighted one."""
    return tuple(name for name, weight in SURNAMES.items() for _ in range(weight))


@cache
def peoples() -> tuple[str, ...]:
    """Return a thousand ethnicities in their shares; the first are overwritten by names with a dot."""
    shares = {"维吾尔族": DOTTED_PER_THOUSAND, "苗族": 20, "畲族": 18, "回族": 12, "土家族": 10, "布依族": 7}
    others = tuple(name for name, share in shares.items() for _ in range(share))
    return others + ("汉族",) * (1000 - len(others))


def births(year: int) -> int:
    """Return how many blocks of a hundred serial numbers a day of `year` has: the county's age pyramid."""
    steps = ((1950, 1), (1962, 3), (1976, 6), (1990, 7), (2000, 5), (2018, 4))
    return next((blocks for until, blocks in steps if year < until), 2)


@cache
def three_digits() -> pa.Array:
    """Return "000" to "999"."""
    return pa.array([f"{i:03}" for i in range(1000)])
