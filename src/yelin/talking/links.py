"""Whether the links of shown reuses still lead somewhere, asked in turn and politely."""

from django.db import transaction

from yelin.law import clock
from yelin.outbound.rules import NotSent
from yelin.outbound.sending import knock
from yelin.talking.models import Reuse, ReuseState

AT_ONCE = 100


def look() -> int:
    """Ask for the links whose time has come; return how many were asked for."""
    due = Reuse.objects.filter(state=ReuseState.SHOWN, look_next_at__lte=clock.now()).exclude(
        link=""
    )
    found = list(due.order_by("look_next_at")[:AT_ONCE])
    for reuse in found:
        answered = _answers(reuse.link)
        with transaction.atomic():
            again = Reuse.objects.select_for_update().filter(pk=reuse.pk, link=reuse.link).first()
            if again is not None and again.look_next_at == reuse.look_next_at:
                again.note_look(clock.now(), answered=answered)
    return len(found)


def _answers(link: str) -> bool:
    """Whether something answers there that is no error of the address."""
    try:
        status = knock(link)
    except NotSent:
        return False
    # Who asks a program to sign in, or to come later, is there.
    return status < 400 or status in {401, 403, 405, 429}
