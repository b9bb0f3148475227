"""Finding among a million entries: the first page, its count and its facets, for three askers.

Beside it PostgreSQL's own full-text search over title and summary of the same rows, for the same
words: it takes what stands between two blanks for a word, so its recall is told too. In a home that
is kept (``--home``) what was laid out is asked again. From its next start on its server is set as
``docs/operating.md`` asks for a million entries: so it is the second run that tells.
"""

import os
import random
import time
import urllib.request
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import timedelta
from functools import partial
from typing import Any
from urllib.parse import quote
from uuid import UUID, uuid4

import psutil
from django.db import connection, connections, transaction
from prove.house import House

from bench.table import Figure, percentile
from prove import house
from yelin.catalog import finding, reads, wording
from yelin.catalog.models import Entry, Findable
from yelin.catalog.reads import Search
from yelin.law import clock, packs
from yelin.parties.actor import Actor
from yelin.parties.models import Body, Seat
from yelin.things.models import Thing

ENTRIES = 1_000_000
BATCH = 10_000
SERVER = {"shared_buffers": "1GB", "work_mem": "32MB"}
BODIES = 300
QUESTIONS = 300
WHERE = (
    "海口 三亚 儋州 琼海 文昌 万宁 东方 五指山 定安 屯昌 澄迈 临高 白沙 昌江 乐东 陵水 保亭 琼中"
)
TOWNS = (
    "城西 海秀 长流 西秀 石山 永兴 灵山 演丰 三江 大致坡 云龙 龙泉 崖州 天涯 吉阳 海棠 那大 白马井"
)
ABOUT = (
    "港口货物 旅客 公路营运车辆 公交线路 出租汽车 机动车驾驶人 停车场 充电桩 桥梁 隧道 航道 "
    "船舶登记 船员 医疗机构 医师执业 护士 药品经营企业 疫苗接种 传染病 妇幼保健 中医诊所 "
    "社会保险参保 养老保险 失业登记 就业困难人员 技能培训 最低生活保障 特困人员 残疾人 "
    "老年人 养老机构 儿童福利 婚姻登记 殡葬服务 地名 幼儿园 小学 中学 高等学校 教师资格 "
    "学生资助 校车 空气质量 水质监测 噪声 污水处理厂 排污许可 固体废物 饮用水源 海洋环境 "
    "气象站点 台风路径 降雨量 地震 森林防火 湿地 红树林 热带雨林 渔港 渔船 水产养殖 种子 "
    "农药经营 畜禽养殖 天然橡胶 槟榔 芒果 椰子 农机 高标准农田 不动产登记 土地供应 采矿权 "
    "规划许可 施工许可 建筑工程 房屋预售 物业服务 公租房 供水 燃气 路灯 公厕 垃圾分类 "
    "公园绿地 企业登记 个体工商户 食品经营许可 特种设备 产品质量抽查 价格监测 广告 专利 商标 "
    "行政许可 行政处罚 信用红黑名单 招标投标 政府采购 财政预算 国有资产 税收 进出口 外商投资 "
    "离岛免税 旅游景区 旅行社 导游 酒店 民宿 图书馆 博物馆 文物保护单位 体育场馆 "
    "非物质文化遗产 人口 户籍 居住证 出入境 消防 危险化学品 安全生产 烟花爆竹 律师事务所 "
    "公证 法律援助 电价 通信基站"
)
WHAT = (
    "统计 年度统计 月度统计 名录 名单 目录 基本信息 信息 数据 登记信息 登记数据 许可信息 "
    "备案信息 检查结果 监测数据 监测站点信息 分布 分布数据 变更信息 注销信息 年报 评价结果 "
    "抽检信息 处罚信息 项目信息 资金数据 设施信息 从业人员信息 投诉数据 办理情况 公示信息 "
    "标准 台账 面积 数量 吞吐量 增长率"
)
ITEMS = (
    "名称 编号 地址 联系电话 统一社会信用代码 法定代表人 登记日期 有效期 经度 纬度 数量 金额 "
    "面积 单位 年份 月份 类别 等级 状态 负责人 发证机关 经营范围 身份证件号码 车辆识别代号 "
    "监测值 限值"
)
OFFICES = "交通运输局 市场监督管理局 生态环境局 卫生健康委员会 教育局 人力资源和社会保障局"
# Words that a third of all titles hold, as people type them.
COMMON = ("数据", "信息", "统计", "登记", "海口")
TYPES = ("unconditional", "unconditional", "conditional", "none", "none")
LICENCES = ("hainan-open", "hainan-open", "CC-BY-4.0", "ODbL-1.0")
STATES = ("confirmed",) * 22 + ("draft", "awaiting", "registered")
CYCLES = ("daily", "monthly", "monthly", "quarterly", "yearly", "yearly", "yearly", "irregular")


def main(scale: float = 1.0) -> list[Figure]:
    """Lay out a catalog, ask it in every way, and return what that took."""
    many = max(2_000, round(ENTRIES * scale))
    with house.standing() as here:
        took = _laid_out(many)
        askers = {
            "anyone": Actor.anyone(),
            "a department's officer": house.actor_of(_seat("steward")),
            "the confirming officer": house.actor_of(_seat("officer")),
        }
        found = [Figure(f"{Entry.objects.count():,} entries laid out", took, "COPY, then indexes")]
        _warm(askers.values())
        for name, asker in askers.items():
            found += _asked(name, asker)
        return [*found, *_by_page(here), *_plain()]


def _laid_out(many: int) -> str:
    """Lay out a catalog where there is none yet, and return how long that took."""
    done = house.HOME / "laid-out"
    if done.exists():
        return "before"
    cast = house.appoint(departments=2, stewards=1, officers=1)
    began = time.perf_counter()
    _lay_out(many, [*cast.departments, *_bodies()])
    if {"PROVE_HOME", "PROVE_DATABASE_URL"} & os.environ.keys() == {"PROVE_HOME"}:
        with connection.cursor() as cursor:
            for name, value in SERVER.items():
                cursor.execute(f"ALTER SYSTEM SET {name} = '{value}'")
    done.touch()
    return f"{time.perf_counter() - began:.0f} s"


def _seat(role: str) -> Seat:
    return Seat.objects.filter(role=role).order_by("body__name").reverse()[0]


# Asking.


def _warm(askers: Iterable[Actor]) -> None:
    """Ask other questions first: what a server reads from its disk once is not measured."""
    chance = random.Random(11)  # noqa: S311 - the same questions each time
    for asker in askers:
        for title in _titles(asker, QUESTIONS):
            _first_page(asker, Search(_piece(title, chance)))
        for search in _narrowed(chance):
            _first_page(asker, search)


def _asked(name: str, asker: Actor) -> list[Figure]:
    chance = random.Random(5)  # noqa: S311 - the same questions each time
    titles = _titles(asker, QUESTIONS)
    pieces = [Search(_piece(title, chance)) for title in titles]
    kinds: dict[str, tuple[Any, Sequence[Search]]] = {
        "2-8 signs from the middle of a title": (_first_page, pieces),
        "two words": (
            _first_page,
            [Search(f"{_piece(title, chance)} {chance.choice(WHERE.split())}") for title in titles],
        ),
        "pinyin": (_first_page, [Search(word) for word in ("gangkou", "gkhw", "tcc", "kongqizl")]),
        "words in a tenth to a half of all titles": (
            _first_page,
            [Search(word) for word in COMMON],
        ),
        "no words, one to three facets": (_first_page, _narrowed(chance)),
        "no words, newest and most used": (
            _first_page,
            [Search(), Search(sort="used"), Search(sort="title")],
        ),
        "the last page offered of a common word": (
            partial(_page, first=finding.BEST_OF_MORE - 20),
            [Search(word) for word in COMMON],
        ),
        "a suggestion": (_suggested, [Search(piece.words[:3]) for piece in pieces]),
    }
    figures, first_pages = [], []
    for what, (way, searches) in kinds.items():
        taken: list[float] = []
        for search in searches if len(searches) > 20 else [*searches] * 8:
            began = time.perf_counter()
            way(asker, search)
            taken.append((time.perf_counter() - began) * 1000)
        first_pages += taken if way is _first_page else []
        figures.append(_told(f"{name}: {what}", taken))
    figures.append(_told(f"{name}: all first pages", first_pages))
    missed = sum(not reads.find(asker, piece).total for piece in pieces)
    return [
        *figures,
        Figure(f"{name}: recall of such pieces", f"{1 - missed / len(pieces):.3f}", ""),
    ]


def _told(what: str, taken: Sequence[float]) -> Figure:
    figure = f"p50 {percentile(taken, 50):.1f}, p95 {percentile(taken, 95):.1f} ms"
    return Figure(what, figure, f"{len(taken)} questions")


def _first_page(asker: Actor, search: Search) -> None:
    found = reads.find(asker, search)
    found.best(0, 20)
    found.facets()


def _page(asker: Actor, search: Search, *, first: int) -> None:
    reads.find(asker, search).best(first, 20)


def _suggested(asker: Actor, search: Search) -> None:
    reads.suggest(asker, search.words, 6)


def _piece(title: str, chance: random.Random) -> str:
    length = min(chance.randint(2, 8), len(title))
    start = chance.randint(0, len(title) - length)
    return title[start : start + length]


def _titles(asker: Actor, many: int) -> list[str]:
    seen = reads.seen_by(asker)
    with connection.cursor() as cursor:
        cursor.execute("SELECT title FROM catalog_entry TABLESAMPLE SYSTEM (1) LIMIT %s", [many])
        return list(
            seen.filter(title__in=[row[0] for row in cursor]).values_list("title", flat=True)
        )


def _narrowed(chance: random.Random) -> list[Search]:
    pack, bodies = packs.active(), list(Body.objects.values_list("credit_code", flat=True))
    values = {
        "opening": ["unconditional", "conditional", "none"],
        "theme": [theme.code for theme in pack.themes],
        "division": sorted(pack.divisions),
        "provider": bodies,
        "cycle": CYCLES,
        "grade": ["1", "2"],
    }
    return [
        Search(
            chosen={name: [chance.choice(values[name])] for name in chance.sample(list(values), n)}
        )
        for n in (1, 1, 2, 2, 3, 3)
        for _ in range(10)
    ]


def _by_page(here: House) -> list[Figure]:
    """Ask for the whole page as a browser does, and weigh the process that answers."""
    here.start("serve")
    chance = random.Random(7)  # noqa: S311 - the same questions each time
    words = [_piece(title, chance) for title in _titles(Actor.anyone(), QUESTIONS)]
    _get(f"{here.url}/resources/?q={quote(words[0])}")
    before = _mebibytes(here.parts["serve"].pid)
    taken = []
    for word in words:
        began = time.perf_counter()
        _get(f"{here.url}/resources/?q={quote(word)}")
        taken.append((time.perf_counter() - began) * 1000)
    after = _mebibytes(here.parts["serve"].pid)
    return [
        Figure(
            "anyone: the whole page over HTTP",
            f"p50 {percentile(taken, 50):.1f}, p95 {percentile(taken, 95):.1f} ms",
            f"{len(taken)} questions, one after the other",
        ),
        Figure("memory of the page process; before", f"{after:.0f} MiB; {before:.0f} MiB", ""),
    ]


def _get(address: str) -> None:
    with urllib.request.urlopen(address) as answer:  # noqa: S310 - our own
        answer.read()


def _mebibytes(pid: int) -> float:
    process = psutil.Process(pid)
    each = [process, *process.children(recursive=True)]
    return sum(one.memory_info().rss for one in each) / 2**20


# The same by PostgreSQL alone.


def _plain() -> list[Figure]:
    chance = random.Random(5)  # noqa: S311 - the same questions each time
    asker = Actor.anyone()
    titles = _titles(asker, QUESTIONS)
    words = [_piece(title, chance) for title in titles]
    vector = "to_tsvector('simple', title || ' ' || summary)"
    meant = "plainto_tsquery('simple', %s)"
    asked = (
        "SELECT thing_id, title FROM catalog_entry"  # noqa: S608 - our own words
        f" WHERE state = 'confirmed' AND {vector} @@ {meant}"
        f" ORDER BY ts_rank({vector}, {meant}) DESC LIMIT 20"
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE INDEX IF NOT EXISTS bench_plain ON catalog_entry USING gin (({vector}))"
        )
        cursor.execute("ANALYZE catalog_entry")
        ours, plain, found = [], [], 0
        for word in words:
            began = time.perf_counter()
            cursor.execute(asked, [word, word])
            found += bool(cursor.fetchall())
            plain.append((time.perf_counter() - began) * 1000)
            began = time.perf_counter()
            reads.find(asker, Search(word)).best(0, 20)
            ours.append((time.perf_counter() - began) * 1000)
    return [
        Figure(
            "plain full-text search: the same pieces, first page",
            f"p50 {percentile(plain, 50):.1f}, p95 {percentile(plain, 95):.1f} ms",
            f"recall {found / len(words):.3f}; title and summary, 'simple'",
        ),
        Figure(
            "ours ÷ plain, without facets",
            f"p50 {percentile(ours, 50) / percentile(plain, 50):.1f} ×",
            f"ours p50 {percentile(ours, 50):.1f}, p95 {percentile(ours, 95):.1f} ms, in turns",
        ),
    ]


# Laying out.


def _lay_out(many: int, bodies: Sequence[Body]) -> None:
    told = [(body.pk, body.name, body.short_name) for body in bodies]
    lists = (tuple(each.code for each in packs.active().themes), tuple(packs.active().divisions))
    with connection.schema_editor() as schema:
        for model in (Entry, Findable):
            for index in model._meta.indexes:
                schema.remove_index(model, index)
        schema.execute("ALTER TABLE catalog_entry DISABLE TRIGGER USER")
    # Whoever writes has a connection of his own: none is open when the writers are made.
    connections.close_all()
    with ProcessPoolExecutor(2) as writers:
        list(writers.map(partial(_write, many, told, lists), range(0, many, BATCH)))
    with connection.cursor() as cursor:
        cursor.execute("SET maintenance_work_mem = '1GB'")
    with connection.schema_editor() as schema:
        for model in (Entry, Findable):
            for index in model._meta.indexes:
                schema.add_index(model, index)
        schema.execute("ALTER TABLE catalog_entry ENABLE TRIGGER USER")
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE catalog_entry, catalog_findable")
        cursor.execute("ANALYZE")


def _write(
    many: int,
    bodies: Sequence[tuple[UUID, str, str]],
    lists: tuple[Sequence[str], Sequence[str]],
    start: int,
) -> None:
    """Write a batch of entries, those with what they are found by."""
    # What a row does not say of itself it has from the model.
    blank = Entry(drafted_at=clock.now(), returned_reason="口径")
    common = {each.column: getattr(blank, each.attname) for each in Entry._meta.concrete_fields}
    rows = [
        common | row | {"entry_id": row["thing_id"]} for row in _rows(many, bodies, lists, start)
    ]
    with transaction.atomic():
        _copy(Thing, ("id", "kind", "code"), ((r["thing_id"], Entry.KIND, r["code"]) for r in rows))
        for model in (Entry, Findable):
            names = [each.column for each in model._meta.concrete_fields if not each.generated]
            _copy(model, names, (tuple(row[name] for name in names) for row in rows))


def _bodies() -> list[Body]:
    where, offices = WHERE.split(), OFFICES.split()
    things = Thing.objects.bulk_create(Thing(kind=Body.KIND) for _ in range(BODIES))
    return Body.objects.bulk_create(
        Body(
            thing=thing,
            kind="department",
            name=f"{where[n % len(where)]}市{offices[n % len(offices)]}第{n}分局",
            short_name=f"{where[n % len(where)]}{offices[n % len(offices)]}{n}",
            division="460000",
            credit_code=f"11460000MB{n:08d}",
        )
        for n, thing in enumerate(things)
    )


def _copy(model: type[Any], columns: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> None:
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY {model._meta.db_table} ({', '.join(columns)}) FROM STDIN") as copy,
    ):
        for row in rows:
            copy.write_row(row)


def _rows(
    many: int,
    bodies: Sequence[tuple[UUID, str, str]],
    lists: tuple[Sequence[str], Sequence[str]],
    start: int,
) -> list[dict[str, Any]]:
    """Return a batch of entries as what differs from row to row, by column."""
    chance = random.Random(start)  # noqa: S311 - the same catalog each time
    now = clock.now()
    themes, divisions = lists
    found = []
    for number in range(start, min(start + BATCH, many)):
        title, about, what = _title(number, chance)
        body, name, short = bodies[number % len(bodies)]
        items = chance.sample(ITEMS.split(), 8)
        summary = f"{about}的{what}，含{'、'.join(items[:4])}，由{name}按统一口径汇总。"
        classification = f"30{chance.randint(1, 9)}{chance.randint(0, 999):03d}001"
        state, opening = chance.choice(STATES), chance.choice(TYPES)
        code = None if state == "draft" else f"{classification}/{number:06d}"
        worded = wording.worded(
            title=(title, ""), seen=(name, short, code or ""), read=(summary, about, what, *items)
        )
        row = {
            "thing_id": uuid4(), "provider_id": body, "code": code, "state": state,
            "version": 1, "title": title, "summary": summary, "classification": classification,
            "formats": ["csv"] if number % 3 else ["xlsx", "csv"],
            "sharing_type": "conditional" if opening == "none" else "unconditional",
            "licence": "" if opening == "none" else chance.choice(LICENCES),
            "opening_type": opening, "update_cycle": chance.choice(CYCLES),
            "grade": 1 if opening == "unconditional" else chance.choice((1, 2, 2, 3)),
            "sent_at": now if state == "awaiting" else None,
            "themes": [chance.choice(themes)], "division": chance.choice(divisions),
            "changed_at": now - timedelta(seconds=24 * number),
            "published_on": (
                clock.day_of(now - timedelta(seconds=24 * number)) if state == "confirmed" else None
            ),
            "uses": chance.randint(1, 5_000) if chance.random() < 0.05 else 0,
        }  # fmt: skip
        tokens = {name: _array(getattr(worded, name)) for name in ("seen_tokens", "whole_tokens")}
        found.append(row | worded.columns() | tokens)
    return found


def _array(tokens: Iterable[str]) -> str:
    """Return ``tokens`` as PostgreSQL writes an array, which takes a third of the time."""
    escaped = "\0".join(tokens).replace("\\", "\\\\").replace('"', '\\"')
    return '{"' + escaped.replace("\0", '","') + '"}'


def _title(number: int, chance: random.Random) -> tuple[str, str, str]:
    place, about, what = (
        chance.choice(WHERE.split()),
        chance.choice(ABOUT.split()),
        chance.choice(WHAT.split()),
    )
    town = chance.choice(TOWNS.split()) if chance.random() < 0.6 else ""
    year = f"{chance.randint(1990, 2026)}年" if chance.random() < 0.4 else ""
    # The same is told of many years and places: a number tells them apart.
    return f"{place}市{town}{year}{about}{what}（第{number}期）", about, what
