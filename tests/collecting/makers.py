"""Collection forms for tests, through the same acts as any user's."""

from itertools import count

from tests.parties.makers import make_actor, make_body

from yelin.collecting import acts
from yelin.collecting.content import AskedItem, FormContent
from yelin.collecting.models import CollectionForm

_number = count(1)


def content_of(*names: str, **over) -> FormContent:
    """What a form says that asks for ``names``."""
    said = {
        "title": f"低保申请表{next(_number)}",
        "purpose": "核定低保待遇",
        "basis": "《社会救助暂行办法》第十一条",
        "items": tuple(AskedItem(name=name) for name in names),
    }
    return FormContent(**said | over)


def make_form(*names: str, body=None, **over) -> CollectionForm:
    body = body or make_body()
    steward = make_actor(body)
    return acts.draft(actor=steward, body=body, content=content_of(*names, **over))
