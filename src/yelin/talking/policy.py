"""Who shows reuses, comments, complains and writes news; who decides what of it is shown."""

from yelin.acts import attaching
from yelin.acts.references import known
from yelin.cases.models import Case
from yelin.cases.policy import declare
from yelin.catalog.models import Entry
from yelin.catalog.predicates import (
    has_public_title,
    is_confirmed,
    is_of_government,
    is_open_to_all,
    is_opened,
    is_own,
    is_social,
)
from yelin.files.models import Attachment
from yelin.gate import (
    Anyone,
    HoldsPower,
    HoldsPowerOverAll,
    InRole,
    Is,
    IsNot,
    OfKind,
    OwnBody,
    OwnParty,
    OwnPerson,
    explain,
    may,
)
from yelin.law import duties
from yelin.ledger.models import Leaf
from yelin.parties.actor import ActorKind
from yelin.parties.models import Body
from yelin.talking.complaint import COMPLAINT
from yelin.talking.models import Comment, News, Reuse

is_officer = InRole("officer")
works_in_a_department = InRole("steward", "officer")
acts_for_itself = OfKind(ActorKind.CITIZEN, ActorKind.REPRESENTATIVE)
is_signed_in = acts_for_itself | works_in_a_department
_is_done = IsNot("refused", says="the act was not refused")

# Reuses: by whoever may have the data; the agency says which are shown.
_is_usable = is_confirmed & is_opened
looks_at_all = HoldsPowerOverAll("talk.moderate") & is_officer
is_maker = OwnParty("maker_id") & is_signed_in
_is_shown = Is("state", "shown", says="it is shown")
may("talking.show_reuse", on=Entry, when=_is_usable & is_signed_in, duty=duties.REUSE_SHOW)
explain(
    "talking.show_reuse",
    on=Entry,
    when=_is_usable,
    duty=duties.REUSE_SHOW,
    says="Sign in as a citizen, for a body or in a department to show what you made.",
)
explain(
    "talking.show_reuse",
    on=Entry,
    when=Anyone(),
    duty=duties.REUSE_SHOW,
    says="Reuses of open data are shown here, and this resource is not open.",
)
for _action in ("talking.amend_reuse", "talking.withdraw_reuse"):
    may(_action, on=Reuse, when=is_maker, duty=duties.REUSE_SHOW)
    explain(
        _action,
        on=Reuse,
        when=Anyone(),
        duty=duties.REUSE_SHOW,
        says="Only whoever made it may do this.",
    )
for _action in (
    "talking.approve_reuse",
    "talking.return_reuse",
    "talking.remove_reuse",
    "talking.feature_reuse",
):
    may(_action, on=Reuse, when=looks_at_all & ~is_maker, duty=duties.REUSE_SHOW)
    explain(
        _action,
        on=Reuse,
        when=Anyone(),
        duty=duties.REUSE_SHOW,
        says="Only an officer of the platform may do this, and not with its own reuse.",
    )
may("reuse.see", on=Reuse, when=_is_shown & Anyone(), duty=duties.REUSE_SHOW)
may("reuse.see", on=Reuse, when=is_maker, duty=duties.REUSE_SHOW)
may("reuse.see", on=Reuse, when=looks_at_all, duty=duties.REUSE_SHOW)
known(Reuse, by="reuse.see")
attaching.declare(Reuse, side=lambda _actor, _reuse: "maker")
for _who in (
    Is("about__reuse__state", "shown", says="the reuse is shown") & Anyone(),
    OwnParty("about__reuse__maker_id"),
    Is("about__kind", Reuse.KIND, says="it hangs on a reuse") & looks_at_all,
):
    may("attachment.see", on=Attachment, when=_who, duty=duties.REUSE_SHOW)
for _who, _duty in (
    (Is("subject__reuse__state", "shown", says="the reuse is shown") & Anyone(), duties.TRACE),
    (OwnParty("subject__reuse__maker_id"), duties.TRACE),
    # Where nobody shows reuses, nobody has the power to look at them.
    (
        Is("subject__kind", Reuse.KIND, says="it is about a reuse") & looks_at_all,
        duties.REUSE_SHOW,
    ),
):
    may("leaf.open", on=Leaf, when=_is_done & _who, duty=_duty)

# What is private: to follow, to keep, to rate. Only who may know of a thing does so.
may("talking.keep", on=Entry, when=is_confirmed & has_public_title & is_signed_in, duty=duties.TALK)
may("talking.rate", on=Entry, when=_is_usable & is_signed_in & ~is_own, duty=duties.TALK)
for _action in ("talking.rate", "talking.comment"):
    explain(
        _action,
        on=Entry,
        when=is_own,
        duty=duties.TALK,
        says="This is your own data: answer what others say of it.",
    )
    explain(
        _action,
        on=Entry,
        when=_is_usable,
        duty=duties.TALK,
        says="Sign in to say what you think of this data.",
    )
    explain(
        _action,
        on=Entry,
        when=Anyone(),
        duty=duties.TALK,
        says="What is not open to anybody is not talked about here.",
    )

# Comments: shown once somebody looked at them, answered by the provider.
may("talking.comment", on=Entry, when=_is_usable & is_signed_in & ~is_own, duty=duties.TALK)
moderates = HoldsPower("talk.moderate", over="entry__provider__division") & is_officer
provides = OwnBody("entry__provider_id") & (
    works_in_a_department | OfKind(ActorKind.REPRESENTATIVE)
)
is_author = OwnPerson("author_id")
_is_of_open_data = Is("entry__state", "confirmed", says="the entry is confirmed") & Is(
    "entry__opening_type",
    "unconditional",
    "conditional",
    says="it is open, at least on application",
)
for _action in ("talking.show_comment", "talking.reject_comment", "talking.remove_comment"):
    may(_action, on=Comment, when=moderates & ~is_author, duty=duties.TALK)
    explain(
        _action,
        on=Comment,
        when=Anyone(),
        duty=duties.TALK,
        says="Only an officer of the platform may do this, and not with its own comment.",
    )
may("talking.withdraw_comment", on=Comment, when=is_author, duty=duties.TALK)
explain(
    "talking.withdraw_comment",
    on=Comment,
    when=Anyone(),
    duty=duties.TALK,
    says="Only whoever wrote it may do this.",
)
may("talking.answer_comment", on=Comment, when=provides, duty=duties.TALK)
explain(
    "talking.answer_comment",
    on=Comment,
    when=Anyone(),
    duty=duties.TALK,
    says="Only the body that provides the data answers.",
)
may(
    "talking.report_comment",
    on=Comment,
    when=_is_shown & _is_of_open_data & is_signed_in & ~is_author,
    duty=duties.TALK,
)
explain(
    "talking.report_comment",
    on=Comment,
    when=Anyone(),
    duty=duties.TALK,
    says="Sign in to report what should not stand here.",
)
may("comment.see", on=Comment, when=_is_shown & _is_of_open_data & Anyone(), duty=duties.TALK)
for _who in (is_author, moderates, provides & _is_shown):
    may("comment.see", on=Comment, when=_who, duty=duties.TALK)
known(Comment, by="comment.see")
_looks_at_it = HoldsPower("talk.moderate", over="subject__comment__entry__provider__division")
for _who, _duty in (
    (OwnPerson("subject__comment__author_id"), duties.TRACE),
    (OwnBody("subject__comment__entry__provider_id") & works_in_a_department, duties.TRACE),
    (_looks_at_it & is_officer, duties.TALK),
):
    may("leaf.open", on=Leaf, when=_is_done & _who, duty=_duty)

# Complaints about rights: by anybody who may know of the resource, about whoever's data it is.
declare(COMPLAINT)
_is_known_to_all = (is_of_government & has_public_title) | (is_social & is_open_to_all)
may(
    "talking.complain",
    on=Entry,
    when=is_confirmed & _is_known_to_all & is_signed_in & ~is_own,
    duty=duties.RIGHTS_COMPLAIN,
)
explain(
    "talking.complain",
    on=Entry,
    when=is_own,
    duty=duties.RIGHTS_COMPLAIN,
    says="This is your own data: stop its delivery, and mend it.",
)
explain(
    "talking.complain",
    on=Entry,
    when=Anyone(),
    duty=duties.RIGHTS_COMPLAIN,
    says="Sign in to complain; whose rights are touched is told to the bodies of the case alone.",
)
_is_complaint = Is("kind", COMPLAINT.kind, says=COMPLAINT.says)
_sees_to_it = (OwnBody("examiner_id") | OwnBody("handler_id")) & is_officer
for _action in ("talking.stop_delivery", "talking.resume_delivery"):
    may(_action, on=Case, when=_is_complaint & _sees_to_it, duty=duties.RIGHTS_COMPLAIN)
    explain(
        _action,
        on=Case,
        when=_is_complaint,
        duty=duties.RIGHTS_COMPLAIN,
        says="Only an officer of a body that sees to the complaint may do this.",
    )

# News and guides: by the governments and departments that make data known (Article 9).
_writes = HoldsPower("publicity", over="division") & is_officer
may("talking.draft_news", on=Body, when=OwnBody("pk") & _writes, duty=duties.PUBLICITY)
explain(
    "talking.draft_news",
    on=Body,
    when=Anyone(),
    duty=duties.PUBLICITY,
    says="Only an officer of a body that makes data known may do this.",
)
_writes_it = OwnBody("body_id") & is_officer & HoldsPower("publicity", over="body__division")
for _action in ("talking.revise_news", "talking.publish_news", "talking.withdraw_news"):
    may(_action, on=News, when=_writes_it, duty=duties.PUBLICITY)
    explain(
        _action,
        on=News,
        when=Anyone(),
        duty=duties.PUBLICITY,
        says="Only an officer of the body that wrote it may do this.",
    )
_was_published = Is("state", "published", "withdrawn", says="it was published")
may("news.see", on=News, when=_was_published & Anyone(), duty=duties.PUBLICITY)
may("news.see", on=News, when=_writes_it, duty=duties.PUBLICITY)
known(News, by="news.see")
may(
    "leaf.open",
    on=Leaf,
    when=_is_done & Is("subject__news__state", "published", "withdrawn", says="it was published"),
    duty=duties.TRACE,
)
may("leaf.open", on=Leaf, when=OwnBody("subject__news__body_id"), duty=duties.TRACE)
