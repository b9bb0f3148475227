"""Who may open channels and calendars, and see notices."""

from yelin.acts.references import known
from yelin.gate import OwnPerson, may
from yelin.law import duties
from yelin.notices.models import Channel, Feed, Notice
from yelin.parties.models import Person

known(Channel, by="channel.see")
known(Feed, by="notices.revoke_feed")

# Where one is told is one's own affair.
may("notices.open_channel", on=Person, when=OwnPerson("pk"), duty=duties.COLLECT_LAWFULLY)
is_own_channel = OwnPerson("person_id")
for _action in ("notices.confirm_channel", "notices.limit_channel", "notices.close_channel"):
    may(_action, on=Channel, when=is_own_channel, duty=duties.COLLECT_LAWFULLY)
may("channel.see", on=Channel, when=is_own_channel, duty=duties.COLLECT_LAWFULLY)
may("notice.see", on=Notice, when=OwnPerson("to_id"), duty=duties.GOVERN)
may("notices.issue_feed", on=Person, when=OwnPerson("pk"), duty=duties.GOVERN)
may("notices.revoke_feed", on=Feed, when=OwnPerson("person_id"), duty=duties.GOVERN)
