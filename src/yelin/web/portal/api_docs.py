"""The interface as a page: every operation with what it takes; what only reads is tried there."""

from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from yelin import gate
from yelin.surface.interface import Operation, operations
from yelin.web.trail import trail

OPERATION, MORE = "operation", "more"
# In a form no name of a parameter is one of ours.
GIVEN = "given."
_GROUPS: Mapping[str, object] = {
    "Resources": gettext_lazy("Resources"),
    "Data": gettext_lazy("Data"),
    "Bringing in": gettext_lazy("Bringing in"),
    "Ledger": gettext_lazy("The ledger"),
    "Acts": gettext_lazy("Acts"),
}


@require_safe
def api_docs(request: HttpRequest) -> HttpResponse:
    """List every operation; each that reads has a form, which asks the interface itself."""
    groups: dict[str, list[Operation]] = {}
    for each in operations().values():
        groups.setdefault(each.group, []).append(each)
    context = {
        "groups": [(_GROUPS.get(name, name), listed) for name, listed in groups.items()],
        "crumbs": trail(_("API description"), (_("Interfaces"), "portal:developers")),
    }
    return render(request, "portal/api_docs.html", context)


@require_safe
def try_it(request: HttpRequest) -> HttpResponse:
    """Lead to the address that the form of an operation asks for. Raises ``Unseen``."""
    operation = operations().get(request.GET.get(OPERATION, ""))
    if operation is None or not operation.is_read:
        raise gate.Unseen
    values = {
        name.removeprefix(GIVEN): said
        for name, said in request.GET.lists()
        if name.startswith(GIVEN)
    }
    try:
        address = operation.address(values, request.GET.get(MORE, ""))
    except KeyError:
        raise gate.Unseen from None
    return HttpResponseRedirect(address)
