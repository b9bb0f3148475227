"""What the pipeline tells a steward: why it stopped, what it noticed, why it refused a row."""

from collections.abc import Mapping
from dataclasses import dataclass, field

# Several names are a list: the page joins them as its language does.
Param = str | int | float | list[str]


def filled(says: str, params: Mapping[str, Param], between: str = ", ") -> str:
    """Return a sentence with its blanks filled in, and what is several listed."""
    return says.format(
        **{
            name: between.join(value) if isinstance(value, list) else value
            for name, value in params.items()
        }
    )


class Unfit(Exception):
    """A file that cannot become a release, with a message that a steward can act on.

    ``message_id`` is English with ``{params}``, so that pages translate the sentence and keep the
    values; ``line`` is the line that an editor shows.
    """

    def __init__(
        self,
        code: str,
        message_id: str,
        params: Mapping[str, Param] | None = None,
        *,
        line: int | None = None,
        column: str | None = None,
    ) -> None:
        self.code = code
        self.message_id = message_id
        self.params: dict[str, Param] = dict(params or {})
        self.line = line
        self.column = column
        super().__init__(code, message_id, self.params)

    def __str__(self) -> str:
        return filled(self.message_id, self.params)


@dataclass(frozen=True, slots=True)
class Notice:
    """Something the pipeline did or left out that a steward should know, though it is no fault."""

    code: str
    message_id: str
    params: dict[str, Param] = field(default_factory=dict)
    line: int | None = None
    column: str | None = None

    def __str__(self) -> str:
        return filled(self.message_id, self.params)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a row is refused, in the two languages of the pages; ``{expects}`` is filled in."""

    code: str
    zh: str
    en: str

    def filled(self, **params: Param) -> "Reason":
        """Return the reason with its blanks filled in."""
        return Reason(self.code, self.zh.format(**params), self.en.format(**params))


REASONS = {
    reason.code: reason
    for reason in (
        Reason(
            "fields",
            "这一行有{found}格，应有{expects}格",
            "this row has {found} fields where {expects} are expected",
        ),
        Reason("quoting", "引号没有成对", "the quotation marks do not pair"),
        Reason(
            "encoding",
            "这一行不是本文件的编码（{expects}）",
            "this row is not in the encoding of the file ({expects})",
        ),
        Reason("json", "这一行不是完整的JSON", "this line is not whole JSON"),
        Reason(
            "shape",
            "与其他各条不同，不是同一种对象或数组",
            "is not an object, or an array, as the others are",
        ),
        Reason("doubled", "键“{found}”出现两次", "the key “{found}” stands twice"),
        Reason("geometry", "不是有效的几何图形", "is no shape"),
        Reason("degrees", "坐标不是经纬度（{found}）", "coordinates are no degrees ({found})"),
        Reason("half", "含有不完整的字符", "holds half a character"),
        Reason("control", "含有空字符（NUL）", "holds a NUL character"),
        Reason("note", "这一行像是表尾说明，不是数据", "this row looks like a footnote, not data"),
        Reason(
            "lossy",
            "数字超过15位，电子表格已丢失末位；请改为文本后重新保存",
            "a number of more than 15 digits has lost its last digits in the spreadsheet; "
            "save it as text",
        ),
        Reason("formula", "单元格的公式出错（{found}）", "the cell's formula failed ({found})"),
        Reason("header", "与表头相同，不是数据", "repeats the header and is not data"),
        Reason("type", "不是{expects_zh}", "is not {expects}"),
        Reason("length", "超过长度{expects}", "is longer than {expects}"),
        Reason(
            "digits",
            "整数部分多于{found}位或小数多于{expects}位，数值型存不下原值；请改短，或把信息项改为文本",
            "has more than {found} digits before or {expects} behind the point, more than a number "
            "keeps; shorten it, or make the item text",
        ),
        Reason("code", "不在代码集中（{expects}）", "is not in the code list ({expects})"),
        Reason("required", "必填项为空", "is required and empty"),
        Reason(
            "duplicate",
            "主键与第{found}行重复",
            "has the same key as line {found}",
        ),
        Reason(
            "standing",
            "主键在第{expects}版第{found}行已经存在",
            "its key stands already, in row {found} of version {expects}",
        ),
        Reason(
            "absent",
            "第{expects}版中没有这个主键，无可删除",
            "version {expects} has no row of this key to delete",
        ),
        Reason(
            "erased",
            "这一行已依法删除，不再收录",
            "this row was erased and does not come back",
        ),
    )
}
