"""The actions about what CKAN has and this house has not, for clients that ask all the same.

None of them looks at what it is asked about, so none betrays whether that is there.
"""

from typing import NoReturn

from yelin import gate
from yelin.api.ckan.actions import Asker, reads

_KINDS = ("dataset", "group", "organization", "user")
NOTHING: dict[str, object] = {
    "group_list_authz": [],
    "member_roles_list": [],
    "package_collaborator_list": [],
    "package_collaborator_list_for_user": [],
    "package_relationships_list": [],
    "term_translation_show": [],
    "user_autocomplete": [],
    "user_list": [],
    "vocabulary_list": [],
    "followee_count": 0,
    "followee_list": [],
    **{f"{kind}_follower_count": 0 for kind in _KINDS},
    **{f"{kind}_follower_list": [] for kind in _KINDS},
    **{f"{kind}_followee_count": 0 for kind in _KINDS},
    **{f"{kind}_followee_list": [] for kind in _KINDS},
    **{f"am_following_{kind}": False for kind in _KINDS},
}
NOBODY = ("resource_view_show", "task_status_show", "user_show", "vocabulary_show")


def _declare_nothing(name: str, told: object) -> None:
    def body(asker: Asker) -> object:
        """Answer that there is none: people, followers, views and vocabularies are not kept."""
        del asker
        return told

    body.__name__ = name
    reads(body)


def _declare_nobody(name: str) -> None:
    def body(asker: Asker) -> NoReturn:
        """Find none: people, views and vocabularies are not shown."""
        del asker
        raise gate.Unseen

    body.__name__ = name
    reads(body)


for _name, _told in NOTHING.items():
    _declare_nothing(_name, _told)
for _name in NOBODY:
    _declare_nobody(_name)
