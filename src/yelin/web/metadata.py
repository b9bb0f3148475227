"""The whole metadata of an entry, in groups of names and values."""

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _

from yelin.catalog.models import Entry
from yelin.registers.models import FundedProject, GovernmentSystem
from yelin.web.names import area_name, called, licence_name, listed, placed, theme_name
from yelin.web.templatetags.yelin import body_name, day, number

Pairs = Sequence[tuple[str, str]]


def _named(rows: Iterable[GovernmentSystem | FundedProject]) -> str:
    return _(", ").join(row.name for row in rows)


def details(entry: Entry, related: Sequence[Entry]) -> list[tuple[str, Pairs]]:
    """Return the whole metadata in groups of names and values; what says nothing is left out."""
    groups = [
        (
            _("What it is"),
            [
                (_("Title"), entry.title),
                (_("Title in English"), entry.title_en),
                (_("Code"), entry.code or ""),
                (_("Summary"), entry.summary),
                (_("Body"), body_name(entry.provider)),
                (_("Kept by"), called("social", entry.social) if entry.social else ""),
                (_("Classification"), placed(entry)),
                (_("Area covered"), area_name(entry.division)),
                (_("Themes"), _(", ").join(map(theme_name, entry.themes))),
                (_("Keywords"), _(", ").join(entry.keywords)),
                (_("Formats"), listed("format", entry.formats)),
                (_("Basis of collection"), entry.collection_basis),
                (_("Description of the format"), entry.format_description),
                (_("Scope of the data"), entry.data_scope),
                (_("Scene in which it arises"), entry.source_scene),
                (_("Duties of the office"), entry.office_duties),
                (_("Government systems"), _named(entry.systems.all())),
                (_("Publicly funded projects"), _named(entry.projects.all())),
                (_("Related resources"), _(", ").join(other.code or "" for other in related)),
            ],
        ),
        (
            _("Who may have it"),
            [
                (_("Sharing"), called("sharing", entry.sharing_type)),
                (
                    _("Use that is expected"),
                    listed("use_requirement", entry.sharing_requirements),
                ),
                (_("Condition of sharing"), entry.sharing_condition),
                (_("Scope of sharing"), entry.sharing_scope),
                (_("Basis for not sharing"), entry.sharing_basis),
                (_("Way of sharing"), listed("sharing_mode", [entry.sharing_mode])),
                (_("Means of sharing"), listed("sharing_means", entry.sharing_means)),
                (_("How it is shared instead"), entry.sharing_explanation),
                (_("Opening"), called("opening", entry.opening_type)),
                (_("Condition of opening"), entry.opening_condition),
                (_("Licence"), licence_name(entry.licence)),
                (
                    _("Why others may have it"),
                    called("handing_over", entry.handing_over) if entry.handing_over else "",
                ),
                (_("Security grade"), called("grade", entry.grade)),
            ],
        ),
        (
            _("Keeping it up"),
            [
                (_("Update cycle"), called("cycle", entry.update_cycle)),
                (_("Responsible office"), entry.contact_office),
                (_("Phone of the office"), entry.contact_phone),
                (
                    _("Published on") if entry.social else _("Confirmed on"),
                    day(entry.published_on),
                ),
                (_("Version of the entry"), number(entry.version) if entry.version else ""),
            ],
        ),
    ]
    return [(title, [(name, value) for name, value in pairs if value]) for title, pairs in groups]
