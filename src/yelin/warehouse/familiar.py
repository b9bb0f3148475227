"""Tell by its characters in which encoding a text is meant, where several read it."""

import re
from collections.abc import Iterator
from functools import cache

import numpy as np
import numpy.typing as npt

# The characters that fill public tables in either script. A wrong guess between encodings turns
# them into rare ones, so their share decides.
_FAMILIAR = (
    "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说"
    "产种面而方后多定行学法所民得经十三之进着等部度家电力里如水化高自二理起小物现实加量都两体制机当使点"
    "从业本去把性好应开它合还因由其些然前外天政四日那社义事平形相全表间样与关各重新线内数正心反你明看原"
    "又么利比或但质气第向道命此变条只没结解问意建月公无系军很情者最立代想已通并提直题党程展五果料象员革"
    "位入常文总次品式活设及管特件长求老头基资边流路级少图山统接知较将组见计别她手角期根论运农指几九区强"
    "放决西被干做必战先回则任取据处队南给色光门即保治北造百规热领七海口东导器压志世金增争济阶油思术极交"
    "受联认六共权收证改清己美再采转更单风切打白教速花带安场身车例真务具万每目至达走积示议声报斗完类八离"
    "华名确才科张信马节话米整空元况今集温传土许步群广石记需段研界拉林律叫且究观越织装影算低持音众书布复"
    "容儿须际商非验连断深难近矿千周委素技备半办青省列习响约支般史感劳便团往酸历市克何除消构府称太准精值"
    "号率族维划选标写存候毛亲快效斯院查江型眼王按格养易置派层片始却专状育厂京识适属圆包火住调满县局照参"
    "红细引听该铁价严龙飞这個為時來們於會發動說產種後學經進著電過對國實應開還當點從業這樣與關線數問題變條"
    "無結軍總設長統將組見計別農區強戰則處隊給門熱領東導壓濟階術極聯認權證轉單風帶場車務萬達積議報類離華張"
    "馬節話況傳許廣記須際驗連斷難礦歷構稱準號維劃選標寫親廠識適屬圓滿縣參細聽該鐵價嚴龍飛"
    "姓性编码址电话邮箱联系备注序号项街道镇乡村企医疗校园税险卫环境气象许可登记册照码"
    "編碼話郵聯繫備註鎮鄉醫療園稅險衛環氣許登冊經緯號樓臺灣縣"
    "，。、；：？！（）“”‘’《》〈〉【】〔〕—…·～％℃０１２３４５６７８９　「」"
)
# The same for Japanese and Korean. Kana of half width are none: a file in GB18030 is full of them
# where it is read as Shift JIS.
_KANA = "".join(map(chr, (*range(0x3041, 0x3097), *range(0x30A1, 0x30F7), 0x30FC)))
_HANGUL = (
    "가간감강개거건검것게겠격결경계고공과관교구국군그금급기길김까나남내너년노녕는능니다단달담당대던데도독동"
    "되된드든들등디따때라란람래량러럼력련로록료류률르른를름리린마만말망매면명모목무문물미민및바박반발방배백번"
    "법변별병보복본부북분비사산상생서석선설성세소속송수순스습승시식신실심십아안않야양어업에여역연영예오온와완"
    "외요용우운울원월위유육율으은을음의이인일임입있자작장재저적전점정제조종주준중증지직진집차참처천청체초촌최"
    "추출충치카코크타터토통트특파판평포표품프하학한할함해했행향허현협형호화확환활회후"
)
_PAIRED = re.compile(rb"[\x80-\xff]{2,}")
_LONE = re.compile(rb"(?<![\x80-\xff])[\x80-\xff](?![\x80-\xff])")
# Chinese words in UTF-8 between ASCII signs. Two of its characters are read by GB18030, too: as
# three others, which hardly anybody writes.
_TRIPLES = re.compile(rb"(?<![\x80-\xff])(?:[\xe2-\xef][\x80-\xbf]{2})+(?![\x80-\xff])")
_PAIRS = re.compile(rb"[\xc2-\xdf][\x80-\xbf]")


@cache
def _weights() -> npt.NDArray[np.float32]:
    weights = np.zeros(0x110000, np.float32)
    for lead in range(0xB0, 0xD8):
        for trail in range(0xA1, 0xFF):
            char = bytes((lead, trail)).decode("gb2312", "ignore")
            weights[[ord(one) for one in char]] = 0.3
    for lead in range(0xA4, 0xC7):
        for trail in (*range(0x40, 0x7F), *range(0xA1, 0xFF)):
            char = bytes((lead, trail)).decode("big5", "ignore")
            weights[[ord(one) for one in char]] = 0.3
    weights[[ord(char) for char in _FAMILIAR + _KANA + _HANGUL]] = 1
    weights[0x80:0xA0] = -1
    weights[0xE000:0xF900] = -1
    weights[0xF0000:] = -1
    return weights


def familiarity(parts: Iterator[str]) -> float:
    """Return how familiar the characters beyond ASCII are: 1 for everyday ones, less for rare."""
    weights = _weights()
    total, count = 0.0, 0
    for part in parts:
        if part.isascii():
            continue
        points = np.frombuffer(part.encode("utf-32-le"), np.uint32)
        points = points[points >= 0x80]
        total += float(weights[points].sum())
        count += len(points)
    return total / count if count else 0.0


def is_western(blocks: Iterator[bytes]) -> bool:
    """Whether accented letters stand alone between ASCII ones; Chinese bytes come in pairs."""
    lone = paired = 0
    for block in blocks:
        lone += len(_LONE.findall(block))
        paired += len(_PAIRED.findall(block))
    return lone > 4 * paired


def may_hold_utf8(block: bytes, encoding: str) -> bool:
    """Whether some line of whole lines in ``encoding`` may be UTF-8: a look that costs little."""
    return (_PAIRS if encoding == "cp1252" else _TRIPLES).search(block) is not None


def is_rather_utf8(line: bytes, encoding: str) -> bool:
    """Whether a line that ``encoding`` reads as well is in truth UTF-8."""
    if line.isascii():
        return False
    try:
        text = line.decode()
        other = line.decode(encoding)
    except UnicodeError:
        return False
    if encoding == "cp1252":
        # Nobody writes the pairs of signs that UTF-8 would show as.
        return True
    return familiarity(iter((text,))) > 0.2 + familiarity(iter((other,)))
