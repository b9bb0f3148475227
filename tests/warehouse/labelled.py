"""A labelled, seeded set of columns: personal ones of every kind, and those that only look so.

``tests/warehouse/test_personal.py`` reads it with few values, ``prove personal`` with many.
"""

import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from stdnum import luhn
from stdnum.cn import ric, uscc

from yelin.quality.detectors import Kind

SEED = 20190927
SURNAMES, GIVEN = "王李张刘陈杨黄符林吴邢云韩蒲万白方文马金", "小明海燕秀英建国丽华强伟芳娜"
TOWNS = ("万宁市", "白沙县", "文昌市", "东方市", "陵水县", "海口市", "琼海市", "云龙镇", "金江镇")
FOODS = ("黄豆", "白菜", "马铃薯", "金橘", "石斑鱼", "龙眼", "江蓠", "方便面", "高粱酒")

# Of the set that is held out: names as they are given now and were, and what else begins so.
FAMILIES = "陈王李吴林黄符张周郑梁许冯蔡何叶邓曾苏卢洪庄詹麦邱欧温赖阮劳"
CALLED = (
    *(
        "梓涵",
        "浩然",
        "子轩",
        "欣怡",
        "俊杰",
        "桂花",
        "志强",
        "淑珍",
        "海波",
        "玉兰",
        "思远",
        "晓东",
        "美玲",
    ),
    *(
        "永福",
        "家豪",
        "诗雨",
        "国栋",
        "春梅",
        "雅婷",
        "振华",
        "亚男",
        "少雄",
        "凤娇",
        "一鸣",
        "慧敏",
        "德胜",
    ),
    *("宇航", "彩霞", "天佑", "秋菊", "恒", "磊", "倩", "涛", "颖", "鹏", "洁", "斌", "薇", "帅"),
)
CROPS = (
    "金银花",
    "黄芪",
    "白芷",
    "何首乌",
    "马齿苋",
    "田七",
    "石斛",
    "文昌鸡",
    "东山羊",
    "龙眼",
    "江豚",
    "毛豆",
    "白术",
)
BRANDS = (
    "王老吉",
    "李宁",
    "马可波罗",
    "张小泉",
    "周大福",
    "白象",
    "金龙鱼",
    "方太",
    "贺兰山",
    "江小白",
    "石头记",
)
SPOTS = (
    "万泉湖",
    "白石岭",
    "文笔峰",
    "石梅湾",
    "东山岭",
    "马鞍岭",
    "云龙湖",
    "高坡岭",
    "黄竹坪",
    "龙虎山",
    "林旺",
    "文罗",
)
PEOPLES = ("汉族", "黎族", "苗族", "回族", "壮族", "满族", "土家族", "白族")
ILLS = ("高血压", "白内障", "黄疸", "石淋", "毛囊炎", "方颅", "龙舌兰过敏", "严重贫血")
STOPS = (
    "文昌",
    "万宁",
    "白沙",
    "乐东",
    "东方",
    "金江",
    "石山",
    "云龙",
    "龙华",
    "秀英",
    "江东",
    "白驹",
)


class Maker:
    """Makes values of each kind, and of what only looks like it."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)  # noqa: S311 - a seeded table
        self.counted = Counter[str]()

    def next(self, name: str) -> int:
        self.counted[name] += 1
        return self.counted[name]

    def one_of(self, *makers: str) -> str:
        return getattr(self, self.random.choice(makers))()

    def digits(self, many: int) -> str:
        return "".join(self.random.choices("0123456789", k=many))

    def day(self) -> str:
        year, month = self.random.randint(1950, 2009), self.random.randint(1, 12)
        return f"{year}{month:02}{self.random.randint(1, 28):02}"

    # What is personal.

    def resident_id(self) -> str:
        number = f"4601{self.random.choice('0567')}5{self.day()}{self.digits(3)}"
        return number + ric.calc_check_digit(f"{number}0")

    def mobile(self) -> str:
        return f"1{self.random.choice('3578')}{self.digits(9)}"

    def mobile_abroad(self) -> str:
        number = self.mobile()
        return f"+86 {number[:3]}-{number[3:7]}-{number[7:]}"

    def bank_card(self) -> str:
        number = f"{self.random.choice(('622848', '621700', '622202'))}{self.digits(12)}"
        return number + luhn.calc_check_digit(number)

    def email(self) -> str:
        return f"{self.random.choice(('user', 'li.na', 'w_'))}{self.digits(4)}@example.cn"

    def email_of_office(self) -> str:
        return f"zhang-{self.digits(3)}@hi-gov.example.cn"

    def plate(self) -> str:
        return f"琼{self.random.choice('ABCDE')}{self.digits(5)}"

    def plate_with_dot(self) -> str:
        return f"琼{self.random.choice('ABCDE')}·{self.digits(3)}{self.random.choice('HJK')}8"

    def green_plate(self) -> str:
        return f"琼A{self.random.choice('DF')}{self.digits(5)}"

    def passport(self) -> str:
        return f"{self.random.choice('EG')}{self.digits(8)}"

    def permit(self) -> str:
        return f"{self.random.choice('HM')}{self.digits(8)}"

    def name(self) -> str:
        many = self.random.choice((1, 2, 2))
        return self.random.choice(SURNAMES) + "".join(self.random.choices(GIVEN, k=many))

    def long_name(self) -> str:
        return self.random.choice(("欧阳海燕", "司徒明", "阿依古丽·买买提", "诸葛建国"))

    def address(self) -> str:
        return f"海口市美兰区海府路{self.random.randint(1, 99)}号"

    def village(self) -> str:
        return f"万宁市礼纪镇{self.random.choice('三石南桥')}村委会{self.random.randint(1, 9)}组"

    def person(self) -> str:
        return self.random.choice(FAMILIES) + self.random.choice(CALLED)

    def flat(self) -> str:
        estate = self.random.choice(("玉沙小区", "金贸花园", "海秀公寓", "水巷口家属院"))
        many = self.random.randint
        flat = f"{many(1, 9)}栋{many(1, 4)}单元{many(101, 909)}室"
        return f"海口市龙华区国贸路{many(1, 99)}号{estate}{flat}"

    def hamlet(self) -> str:
        village = self.random.choice(("石屋", "那恁", "力崖"))
        return f"儋州那大镇{village}村{self.random.randint(1, 20)}组{self.random.randint(1, 60)}号"

    def old_id(self) -> str:
        """Return a number of fifteen digits, as they were given until 1999."""
        month, day = self.random.randint(1, 12), self.random.randint(1, 28)
        born = f"{self.random.randint(30, 99)}{month:02}{day:02}"
        return f"4600{self.random.choice(('01', '21', '25'))}{born}{self.digits(3)}"

    def id_of_either_length(self) -> str:
        return self.one_of("old_id", "resident_id")

    def remark(self) -> str:
        return self.rarely(f"经核实当事人身份证号{self.resident_id()}，已补正")

    def remark_with_phone(self) -> str:
        return self.rarely(f"联系人已更换，请拨打{self.mobile()}核实")

    def rarely(self, said: str) -> str:
        return said if self.random.random() < 0.1 else "材料齐全，准予许可"

    # What only looks so.

    def credit_code(self) -> str:
        number = f"91460000MA5{self.digits(5)}{self.random.choice('ABCDE')}"
        return number + uscc.calc_check_digit(number)

    def credit_code_of_digits(self) -> str:
        """Return one of digits alone, in which what would be the birthday is none."""
        number = f"914603002012{self.random.choice(('56', '78'))}{self.digits(3)}"
        return number + uscc.calc_check_digit(number)

    def organization_code(self) -> str:
        return f"{self.digits(8)}-{self.random.choice('0123456789X')}"

    def firm(self) -> str:
        return f"海南{''.join(self.random.choices(GIVEN, k=2))}科技有限公司"

    def shop(self) -> str:
        return f"{self.random.choice(SURNAMES)}记{self.random.choice(('粉店', '茶坊', '渔具店'))}"

    def office(self) -> str:
        return self.random.choice(("综合科", "办公室", "政策法规处", "行政审批办公室"))

    def town(self) -> str:
        return self.random.choice(TOWNS)

    def food(self) -> str:
        return self.random.choice(FOODS)

    def landline(self) -> str:
        return f"0898-6{self.digits(7)}"

    def hotline(self) -> str:
        return self.random.choice(("12345", "12315", "4008123123", "95598"))

    def imei(self) -> str:
        number = f"35{self.digits(12)}"
        return number + luhn.calc_check_digit(number)

    def numbered(self) -> str:
        """Return a running number of eleven digits, as a mobile number has."""
        return str(13_900_000_000 + self.next("numbered"))

    def numbered_by_day(self) -> str:
        return f"G2026{self.next('day') % 12 + 1:02}{self.next('day') % 28 + 1:02}"

    def moment(self) -> str:
        return f"2026{self.random.randint(1, 12):02}{self.random.randint(10, 28)}{self.digits(6)}"

    def order(self) -> str:
        return self.digits(18)

    def order_of_a_card(self) -> str:
        return f"62{self.digits(17)}"

    def order_with_a_day(self) -> str:
        return f"460105{self.day()}{self.digits(4)}"

    def order_with_a_phone_in_it(self) -> str:
        return f"DD{self.digits(4)}{self.mobile()}{self.digits(3)}"

    def licence(self) -> str:
        return f"JY1460{self.digits(10)}"

    def registration(self) -> str:
        return f"460000{self.digits(9)}"

    def barcode(self) -> str:
        return f"69{self.digits(11)}"

    def vehicle(self) -> str:
        return f"LSV{self.digits(4)}B{self.digits(9)}"

    def ship(self) -> str:
        return f"琼万渔{self.digits(5)}"

    def veiled_id(self) -> str:
        return f"460105********{self.digits(4)}"

    def veiled_phone(self) -> str:
        return f"138****{self.digits(4)}"

    def veiled_name(self) -> str:
        return f"{self.random.choice(SURNAMES)}**"

    def veiled_card(self) -> str:
        return f"6228*********{self.digits(4)}"

    def point(self) -> str:
        return f"110.{self.digits(6)},20.{self.digits(6)}"

    def amount(self) -> str:
        return f"{self.digits(5)}.{self.digits(2)}"

    def year(self) -> str:
        return str(self.random.randint(1990, 2026))

    def document(self) -> str:
        return f"琼府〔2026〕{self.random.randint(1, 99)}号"

    def place_of_business(self) -> str:
        return f"海口市龙华区滨海大道{self.random.randint(1, 99)}号"

    def web(self) -> str:
        return f"https://www.example.cn/item?id={self.digits(8)}"

    def case(self) -> str:
        return f"（2026）琼01民初{self.random.randint(1, 9999)}号"

    def invoice(self) -> str:
        return f"26462{self.digits(15)}"

    def parcel(self) -> str:
        return f"SF{self.digits(13)}"

    def staff(self) -> str:
        return self.digits(8)

    def container(self) -> str:
        return f"COSU{self.digits(7)}"

    def pollution_permit(self) -> str:
        return f"{self.credit_code()}001{self.random.choice('PQRV')}"

    def candidate(self) -> str:
        return f"26460{self.digits(9)}"

    def crop(self) -> str:
        return self.random.choice(CROPS)

    def brand(self) -> str:
        return self.random.choice(BRANDS)

    def spot(self) -> str:
        return self.random.choice(SPOTS)

    def people(self) -> str:
        return self.random.choice(PEOPLES)

    def illness(self) -> str:
        return self.random.choice(ILLS)

    def stop(self) -> str:
        return self.random.choice(STOPS)

    def shop_floor(self) -> str:
        many = self.random.randint
        return f"海口市美兰区国兴大道{many(1, 99)}号写字楼{many(2, 30)}层{many(201, 3009)}室"

    def shop_in_an_estate(self) -> str:
        many = self.random.randint
        return f"三亚市吉阳区迎宾路{many(1, 99)}号山水小区{many(1, 30)}号铺面"

    def works(self) -> str:
        estate = self.random.choice(("玉沙", "金贸", "海甸"))
        return f"{estate}小区供水改造{self.random.randint(1, 9)}期"

    def enrolled(self) -> str:
        """Return a number of fifteen digits, given in turn, as traders had."""
        return f"460100{60_000 + 7 * self.next('enrolled'):09}"

    def numbered_in_a_day(self) -> str:
        return f"460105{self.random.randint(19, 26)}{self.day()[4:]}{self.digits(3)}"

    # As spreadsheets keep numbers: with a place too many, shortened, as text, in groups.

    def mobile_as_float(self) -> str:
        return f"{self.mobile()}.0"

    def mobile_shortened(self) -> str:
        """Return all digits of a number in the form of what has lost some."""
        return f"{float(self.mobile()):.10E}"

    def mobile_in_groups(self) -> str:
        number = self.mobile()
        return self.random.choice(" -").join((number[:3], number[3:7], number[7:]))

    def old_id_as_float(self) -> str:
        return f"{self.old_id()}.0"

    def id_as_text(self) -> str:
        return f"'{self.resident_id()}"

    def id_with_a_blank_of_the_web(self) -> str:
        return self.resident_id().lower() + self.random.choice("\u00a0\u3000")

    def residence_permit(self) -> str:
        """Return the number of somebody from Hong Kong, Macao or Taiwan who lives here."""
        number = f"8{self.random.choice('123')}0000{self.day()}{self.digits(3)}"
        return number + ric.calc_check_digit(f"{number}0")

    def card_in_groups(self) -> str:
        number = self.bank_card()
        return " ".join(number[at : at + 4] for at in range(0, len(number), 4))

    def id_that_lost_digits(self) -> str:
        return f"{float(self.resident_id()[:17] + '0'):.{self.random.choice((5, 14))}E}"

    def mobile_that_lost_digits(self) -> str:
        return f"{float(self.mobile()):.5E}"

    def order_as_float(self) -> str:
        return f"{self.order_of_a_card()}.0"

    def sum_as_float(self) -> str:
        return f"{self.random.choice((2, 5, 7, 9))}{self.digits(10)}.0"

    def site_of_six(self) -> str:
        return f"fe80::{self.digits(4)}:{self.digits(4)}"

    def device(self) -> str:
        return ":".join(self.digits(2) for _ in range(6))

    def post(self) -> str:
        return f"57{self.digits(4)}"

    def site(self) -> str:
        return f"10.20.{self.random.randint(1, 254)}.{self.random.randint(1, 254)}"


@dataclass(frozen=True)
class Column:
    """A column: its name, how its values come about, and what it holds of persons, if anything."""

    name: str
    made: Callable[[Maker], str]
    kind: Kind | None


def _of(kind: Kind | None, makers: str, names: str) -> Iterator[tuple[str, str, Kind | None]]:
    for maker in makers.split():
        for name in names.split():
            yield name, maker, kind


SURE = [
    *_of(Kind.RESIDENT_ID, "resident_id", "身份证号 公民身份号码 法人证件号码 sfzh ID_CARD"),
    *_of(Kind.RESIDENT_ID, "resident_id", "字段 编号 备注"),
    *_of(Kind.MOBILE, "mobile mobile_abroad", "手机号码 联系电话 联系方式 lxdh phone 字段 编码"),
    *_of(Kind.BANK_CARD, "bank_card", "银行卡号 收款账号 开户账户 yhkh 字段"),
    *_of(Kind.EMAIL, "email email_of_office", "电子邮箱 邮件 email 字段"),
    *_of(Kind.PLATE, "plate plate_with_dot green_plate", "车牌号 号牌号码 字段"),
    *_of(Kind.PASSPORT, "passport", "护照号码 证件号码 passport_no"),
    *_of(Kind.PERMIT, "permit", "港澳通行证号 台胞证号 来往内地通行证"),
    *_of(Kind.NAME, "name", "姓名 法定代表人 联系人 户主 经办人 学生姓名 申请人 经营者"),
    *_of(Kind.NAME, "name", "当事人 监护人 xm"),
    *_of(Kind.NAME, "long_name", "姓名 负责人"),
    *_of(Kind.ADDRESS, "address village", "家庭住址 户籍地址 居住地 现住址 通讯地址"),
    *_of(Kind.IN_TEXT, "remark remark_with_phone", "备注 处理意见 说明"),
    *_of(Kind.RESIDENT_ID, "resident_id", "驾驶证号 社保卡号 被保险人证件"),
    *_of(Kind.MOBILE, "mobile", "紧急联系人电话 家长手机 绑定号码"),
    *_of(Kind.BANK_CARD, "bank_card", "代发卡 结算账号"),
    *_of(Kind.EMAIL, "email", "常用邮箱 投递地址"),
    *_of(Kind.PLATE, "plate green_plate", "运输车辆"),
    *_of(Kind.NAME, "name", "业主姓名 被执行人 持卡人 车主 船长"),
    *_of(Kind.ADDRESS, "address village", "邮寄地址 现居住地址"),
    *_of(Kind.IN_TEXT, "remark remark_with_phone", "案情摘要"),
]  # fmt: skip
NONE = [
    *_of(None, "order order_of_a_card", "订单号 流水号 字段 编号"),
    *_of(None, "order_with_a_day order_with_a_phone_in_it", "订单号 流水号 字段 编号"),
    *_of(None, "credit_code credit_code_of_digits", "统一社会信用代码 证件号码 代码 字段"),
    *_of(None, "organization_code licence registration", "许可证编号 编号 字段"),
    *_of(None, "barcode vehicle ship", "许可证编号 编号 字段"),
    *_of(None, "firm shop", "企业名称 法人名称 负责单位 字段 联系人单位"),
    *_of(None, "office", "联系人 经办处室 字段"),
    *_of(None, "town", "所属市县 户籍地 字段 注册地 负责人所在市县"),
    *_of(None, "food", "品种 产品名称 字段"),
    *_of(None, "landline hotline", "固定电话 联系电话 咨询电话 字段"),
    *_of(None, "imei", "设备串号 IMEI 字段"),
    *_of(None, "numbered numbered_by_day", "设备编号 流水号 批次号"),
    *_of(None, "moment amount year point site web document", "登记时间 数值 字段"),
    *_of(None, "veiled_id veiled_phone veiled_name veiled_card", "身份证号 手机号码 姓名 字段"),
    *_of(None, "place_of_business", "经营场所 地址 字段"),
    *_of(None, "case invoice parcel staff container", "案号 发票号码 快递单号 工号 箱号"),
    *_of(None, "credit_code", "纳税人识别号 税号"),
    *_of(None, "pollution_permit", "排污许可证编号 编号"),
    *_of(None, "town food", "产地 网点"),
    *_of(None, "candidate", "考生号 学籍号"),
]  # fmt: skip
# Written before the detectors were mended by those above, and nothing was mended by these.
HELD_OUT = [
    *_of(Kind.RESIDENT_ID, "old_id id_of_either_length", "旧证号 户主证件 字段"),
    *_of(Kind.MOBILE, "mobile", "本人电话 呼叫号"),
    *_of(Kind.NAME, "person", "房主 承租人 驾驶员 收件人 患者 字段"),
    *_of(Kind.ADDRESS, "flat hamlet", "收货地址 暂住地 户籍所在 送件处"),
    *_of(Kind.IN_TEXT, "remark", "处置情况"),
    *_of(None, "crop brand", "名录 商品 字段"),
    *_of(None, "spot stop", "名录 景点 字段"),
    *_of(None, "people illness", "类别 字段"),
    *_of(None, "shop_floor shop_in_an_estate", "店址 场地 字段"),
    *_of(None, "works", "工程 字段"),
    *_of(None, "enrolled numbered_in_a_day", "注册号 受理号 字段"),
]  # fmt: skip
# What spreadsheets make of numbers, and what is like it.
SPREADSHEETS = [
    *_of(Kind.MOBILE, "mobile_as_float mobile_shortened mobile_in_groups", "手机号 联系电话 字段"),
    *_of(Kind.RESIDENT_ID, "old_id_as_float id_as_text", "身份证号 字段"),
    *_of(Kind.RESIDENT_ID, "id_with_a_blank_of_the_web residence_permit", "证件号码 字段"),
    *_of(Kind.BANK_CARD, "card_in_groups", "银行卡号 字段"),
    *_of(None, "id_that_lost_digits", "身份证号 编号 字段"),
    *_of(None, "mobile_that_lost_digits", "联系电话 数值 字段"),
    *_of(None, "order_as_float sum_as_float", "订单号 金额 字段"),
    *_of(None, "site site_of_six device post", "网络地址 编号 字段"),
]  # fmt: skip
# How else values come: with gaps, with something else among them, with blanks and wide digits.
_WIDE = str.maketrans("0123456789", "０１２３４５６７８９")


def _gapped(make: Callable[[Maker], str]) -> Callable[[Maker], str]:
    return lambda maker: "" if maker.random.random() < 0.4 else make(maker)


def _mixed(make: Callable[[Maker], str]) -> Callable[[Maker], str]:
    return lambda maker: "无" if maker.random.random() < 0.3 else make(maker)


def _wide(make: Callable[[Maker], str]) -> Callable[[Maker], str]:
    return lambda maker: (
        make(maker).translate(_WIDE) if maker.random.random() < 0.5 else make(maker)
    )


def labelled(listed: Sequence[tuple[str, str, Kind | None]] = (*SURE, *NONE)) -> list[Column]:
    """Return every column; each name carries a number, since a table has it once."""
    found: list[Column] = []
    variants = (lambda make: make, _gapped, _mixed, _wide)
    for place, (name, maker, kind) in enumerate(listed):
        vary = variants[place % len(variants)] if kind in _VARIED else variants[place % 2]
        found.append(Column(f"{name}{place}", vary(_making(maker)), kind))
    return found


_VARIED = frozenset({Kind.RESIDENT_ID, Kind.MOBILE, Kind.BANK_CARD, Kind.PLATE})


def _making(maker: str) -> Callable[[Maker], str]:
    return lambda made: getattr(made, maker)()


def values(columns: list[Column], rows: int, seed: int = SEED) -> dict[str, list[str | None]]:
    """Return ``rows`` values of each column."""
    made = Maker(seed)
    return {each.name: [each.made(made) or None for _ in range(rows)] for each in columns}


@dataclass(frozen=True)
class Count:
    """How many columns of a kind there are, are pointed out, and are rightly."""

    there: int
    told: int
    right: int

    @property
    def precision(self) -> float:
        return self.right / self.told if self.told else 1.0

    @property
    def recall(self) -> float:
        return self.right / self.there if self.there else 1.0


def counted(columns: list[Column], told: set[tuple[str, Kind]]) -> dict[Kind, Count]:
    """Return of each kind what was pointed out of it."""
    truth = {(each.name, each.kind) for each in columns if each.kind}
    return {
        kind: Count(
            sum(k == kind for _, k in truth),
            sum(k == kind for _, k in told),
            sum(k == kind for _, k in told & truth),
        )
        for kind in Kind
    }
