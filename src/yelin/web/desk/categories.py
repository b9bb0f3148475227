"""Categories of the classification tree: what was laid down, and a form to lay down more."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from yelin import gate
from yelin.catalog import acts, tree
from yelin.catalog.models import Category
from yelin.law import duties, packs
from yelin.law.refusals import Incomplete
from yelin.surface.actor import Asker
from yelin.web import mending, refusals
from yelin.web.asking import GET_OR_POST
from yelin.web.desk.door import page
from yelin.web.done import say_done
from yelin.web.guards import own_body, seated
from yelin.web.shapes import Link
from yelin.web.templatetags.yelin import lang


class CategoryForm(forms.Form):
    """Where a new category hangs, its number and its name."""

    under = forms.ChoiceField(
        label=gettext_lazy("Under"),
        help_text=gettext_lazy("A group takes categories, a category takes subcategories."),
    )
    number = forms.CharField(
        label=gettext_lazy("Number of the category"),
        help_text=gettext_lazy(
            "Three digits for a category. It is never changed and never reused."
        ),
        max_length=12,
        widget=forms.TextInput(attrs={"class": "short", "inputmode": "numeric"}),
    )
    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    name_en = forms.CharField(label=gettext_lazy("Name in English"), max_length=300, required=False)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # what a form takes
        under = self.fields["under"]
        assert isinstance(under, forms.ChoiceField)  # noqa: S101 - as declared above
        under.choices = [
            (node.code, f"{node.code} {node.label(lang())}")
            for node in tree.nodes().values()
            if tree.GROUP <= len(node.code) <= tree.CATEGORY
        ]


@require_http_methods(GET_OR_POST)
@seated
def categories(request: HttpRequest, asker: Asker) -> HttpResponse:
    """Show what was laid down beyond the pack; lay down a category."""
    body = own_body(asker)
    filled = CategoryForm(request.POST) if request.method == "POST" else CategoryForm()
    if request.method == "POST" and filled.is_valid():
        said = filled.cleaned_data
        try:
            row = acts.add_category(
                actor=asker.actor,
                body=body,
                code=said["under"] + said["number"].strip(),
                name=said["name"],
                name_en=said["name_en"],
            )
        except Incomplete as error:
            mending.tell(filled, error, places={"code": "number"})
        else:
            says = _("Laid down: {category}").format(category=row)
            say_done(request, says, "catalog.add_category", row)
            return redirect("desk:categories")
    decision = gate.decide(asker.actor, "catalog.add_category", body)
    context = {
        "rows": Category.objects.select_related("body"),
        "form": filled if decision.allowed else None,
        "refusal": None if decision.allowed else refusals.of(decision),
        "provision": packs.active().ordering(duties.CATALOG_CONFIRM),
        "crumbs": [Link(_("Desk"), reverse("desk:home")), Link(_("Classification"), "")],
    }
    return page(
        request, asker, "desk/categories.html", context, status=422 if filled.errors else 200
    )
