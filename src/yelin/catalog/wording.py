"""What an entry is found by, made of what it says."""

from collections.abc import Iterable
from dataclasses import dataclass, fields

from yelin.catalog import sounds
from yelin.catalog.words import fold, pieces, signs

# Parts the folded title, where it begins and ends can be asked for, from what follows it.
END = "|"
IN_TITLE = "^"
# What fits into an index beside the title itself; some single signs fold to many.
_LONGEST_TITLE = 600
_LONGEST_SOUND = 1_600


@dataclass(frozen=True, slots=True)
class Worded:
    """The folded texts of an entry with their tokens; each level holds those before it."""

    title_text: str
    title_sound: str
    seen_text: str
    seen_tokens: list[str]
    whole_text: str
    whole_tokens: list[str]

    def columns(self) -> dict[str, str | list[str]]:
        """Return them by their names, as they are: ``asdict`` copies each token."""
        return {each.name: getattr(self, each.name) for each in fields(self)}


def worded(*, title: tuple[str, str], seen: Iterable[str], read: Iterable[str]) -> Worded:
    """Return what an entry is found by.

    ``title`` in Chinese and English; ``seen`` by whoever knows that it exists, ``read`` by whoever
    reads its metadata.
    """
    called, in_english = map(fold, title)
    title_text = f"{called}{END}{in_english}"[:_LONGEST_TITLE]
    title_sound = sounds.sound(called)[:_LONGEST_SOUND]
    seen_text = f"{title_text} {fold(' '.join(seen))}"
    whole_text = f"{seen_text} {fold(' '.join(read))}"
    in_title = {f"{IN_TITLE}{piece}" for piece in pieces(title_text)}
    heard = sounds.tokens(title_sound)
    return Worded(
        title_text=title_text,
        title_sound=title_sound,
        seen_text=seen_text,
        seen_tokens=sorted(pieces(seen_text) | signs(seen_text) | in_title | heard),
        whole_text=whole_text,
        whole_tokens=sorted(pieces(whole_text) | signs(seen_text) | in_title | heard),
    )
