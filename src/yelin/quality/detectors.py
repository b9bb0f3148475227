"""Which columns hold personal information: what its values look like, and how sure one can be.

A kind is told by the share of values that have its form, and more surely where the name of the
column speaks of it. What fits by chance, or fits other things as well, needs the name.
"""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum

WHOLE = 10_000


class Kind(StrEnum):
    """What a column holds of persons (GB/T 35273, appendix A)."""

    RESIDENT_ID = "resident_id"
    MOBILE = "mobile"
    BANK_CARD = "bank_card"
    EMAIL = "email"
    PLATE = "plate"
    PASSPORT = "passport"
    PERMIT = "permit"
    NAME = "name"
    ADDRESS = "address"
    LANDLINE = "landline"
    IP = "ip"
    IN_TEXT = "in_text"


class Sureness(StrEnum):
    """How sure the detector is."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


@dataclass(frozen=True, slots=True)
class Detector:
    """How one kind is told: by ``words`` in the name of the column, and shares of its values.

    ``initials`` are whole names, made of the first letters of pinyin. ``alone`` is the share, in
    ten thousandths, from which its form is enough; nothing where it never is, nor where the name
    has one of the words of what else has that form, ``others``. ``named`` is the share that is
    enough where the name speaks of it. ``checks`` says that its form has a check digit.
    """

    kind: Kind
    words: tuple[str, ...]
    named: int
    alone: int | None = None
    checks: bool = False
    initials: tuple[str, ...] = ()
    others: tuple[str, ...] = ()

    def is_named(self, column: str) -> bool:
        """Whether the name of a column speaks of it."""
        folded = column.casefold()
        letters = re.sub("[^a-z]", "", folded)
        return letters in self.initials or any(word in folded for word in self.words)

    def is_told_by_name(self, column: str) -> bool:
        """Whether the name of a column speaks of it, and of nothing else that has its form."""
        strict = self.kind in {Kind.LANDLINE, Kind.IP}
        return self.is_named(column) and (not strict or self.may_be(column))

    def may_be(self, column: str) -> bool:
        """Whether values of its form in a column of this name can be of this kind."""
        return not any(word in column for word in self.others)


DETECTORS = (
    Detector(
        Kind.RESIDENT_ID,
        ("身份证", "身份号", "证件号", "id_card", "idcard"),
        named=500,
        alone=1_000,
        checks=True,
    ),
    Detector(
        Kind.MOBILE, ("手机", "电话", "联系方式", "mobile", "phone"), named=1_000, alone=5_000
    ),
    Detector(
        Kind.BANK_CARD,
        ("银行卡", "卡号", "账号", "账户", "bank"),
        named=1_000,
        alone=3_000,
        checks=True,
    ),
    Detector(Kind.EMAIL, ("邮箱", "邮件", "mail"), named=1_000, alone=3_000),
    Detector(Kind.PLATE, ("车牌", "号牌", "plate"), named=3_000, alone=5_000),
    Detector(Kind.PASSPORT, ("护照", "证件号", "passport"), named=3_000, alone=8_000),
    Detector(Kind.PERMIT, ("通行证", "台胞证", "回乡证", "证件号"), named=5_000),
    Detector(
        Kind.NAME,
        (
            *("姓名", "法人", "法定代表人", "负责人", "联系人", "经办人", "申请人", "当事人"),
            *("监护人", "经营者", "户主", "车主", "业主", "船长", "被执行人", "持卡人", "person"),
        ),
        named=6_000,
        alone=8_000,
        initials=("xm", "fddbr", "lxr", "fzr"),
        others=("品", "牌", "村", "镇", "县", "区", "街", "路", "站", "店", "单位", "企业", "机构"),
    ),
    Detector(
        Kind.ADDRESS,
        (
            *("住址", "住所", "家庭地址", "居住地", "户籍地", "通讯地址", "通信地址", "邮寄"),
            *("寄送", "送达", "常住"),
        ),
        named=5_000,
        alone=8_000,
        others=("经营", "注册", "单位", "企业", "机构", "店", "场", "项目", "工程", "设施"),
    ),
    # Most landlines are of offices, and most addresses of machines: only its name tells of a home,
    # or of somebody who was there.
    Detector(
        Kind.LANDLINE,
        ("家庭电话", "住宅电话", "宅电", "家庭固话"),
        named=3_000,
        others=("公开", "咨询", "服务", "投诉", "举报", "热线", "监督"),
    ),
    Detector(
        Kind.IP,
        (),
        named=3_000,
        initials=("ip", "ipv", "ipdz", "clientip", "loginip", "userip", "ipaddress", "ipaddr"),
        others=("服务器", "设备", "网关", "主机", "网站", "端口", "机房"),
    ),
)


@dataclass(frozen=True, slots=True)
class Found:
    """Personal information in a column: its kind, the share of values, how sure.

    ``samples`` are values as they are veiled, never as they are.
    """

    column: str
    kind: Kind
    share: int
    sureness: Sureness
    samples: tuple[str, ...] = ()

    def said(self) -> dict[str, object]:
        """Return it as the report of a file says it."""
        return asdict(self)


def verdicts(column: str, present: int, counted: Mapping[Kind, int]) -> list[Found]:
    """Return what a column holds, from how many of its values have the form of each kind."""
    if not present:
        return []
    found = []
    for detector in DETECTORS:
        share = WHOLE * counted.get(detector.kind, 0) // present
        named = detector.is_named(column)
        is_enough = (
            detector.alone is not None and share >= detector.alone and detector.may_be(column)
        )
        if counted.get(detector.kind) and (is_enough or (named and share >= detector.named)):
            sure = _sureness(detector, share, named=named)
            found.append(Found(column, detector.kind, share, sure))
    # Single numbers in running text are no column of their kind, and betray somebody all the same.
    if not found and (within := counted.get(Kind.IN_TEXT, 0)):
        found.append(Found(column, Kind.IN_TEXT, WHOLE * within // present, Sureness.MEDIUM))
    return found


def _sureness(detector: Detector, share: int, *, named: bool) -> Sureness:
    points = int(named) + int(detector.checks) + int(share >= 8_000)
    return (Sureness.LOW, Sureness.MEDIUM, Sureness.HIGH, Sureness.HIGH)[points]
