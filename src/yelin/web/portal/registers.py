"""What everyone may read of the registers: standards, code lists, plans, whole-process rules."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from yelin.acts import references
from yelin.law import duties, packs
from yelin.registers import reads
from yelin.registers.models import CodeList, DataStandard, Plan, ProcessRule, RuleState
from yelin.web import attaching
from yelin.web.asking import actor_of
from yelin.web.paging import cut
from yelin.web.trail import trail

PAGE_SIZE = 50
MOST = 200


@require_safe
def standards(request: HttpRequest) -> HttpResponse:
    """List the data standards that items may follow."""
    found, pager = cut(reads.standards(actor_of(request)), request.GET, PAGE_SIZE)
    context = {
        "standards": found,
        "pager": pager,
        "provision": packs.active().ordering(duties.STANDARDS_MAKE),
        "crumbs": trail(_("Data standards")),
    }
    return render(request, "portal/standards.html", context)


@require_safe
def standard(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show one standard with its data elements and code lists."""
    found = references.one(actor_of(request), DataStandard, pk)
    context = {
        "standard": found,
        "joined": list(found.joined_by.order_by("name")),
        "elements": found.elements.select_related("code_list"),
        "code_lists": reads.code_lists(found),
        "crumbs": trail(found.number, (_("Data standards"), "portal:standards")),
    }
    return render(request, "portal/standard.html", context)


@require_safe
def code_list(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show the values of one code list, the present ones or those of an earlier version."""
    found = references.one(actor_of(request), CodeList, pk)
    versions = list(found.versions.all())
    asked = request.GET.get("version", "")
    shown = next((each for each in versions if str(each.number) == asked), versions[0])
    context = {
        "code_list": found,
        "versions": versions,
        "shown": shown,
        "crumbs": trail(
            found.name,
            (_("Data standards"), "portal:standards"),
            (found.standard.number, reverse("portal:standard", args=[found.standard_id])),
        ),
    }
    return render(request, "portal/code_list.html", context)


@require_safe
def plans(request: HttpRequest) -> HttpResponse:
    """List the published plans, and those that do not lie on file where they must."""
    found, pager = cut(reads.published_plans(), request.GET, PAGE_SIZE)
    context = {
        "plans": found,
        "unfiled": list(reads.unfiled(actor_of(request)).prefetch_related("filings__by")[:MOST]),
        "filing": packs.active().ordering(duties.PLANS_SPECIAL),
        "pager": pager,
        "provision": packs.active().ordering(duties.PLANS_OVERALL),
        "crumbs": trail(_("Plans")),
    }
    return render(request, "portal/plans.html", context)


@require_safe
def plan(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show one plan with its text."""
    found = references.one(actor_of(request), Plan, pk)
    context = {
        "plan": found,
        "filings": reads.on_file(found),
        "attachments": attaching.shown(actor_of(request), found),
        "crumbs": trail(found.title, (_("Plans"), "portal:plans")),
    }
    return render(request, "portal/plan.html", context)


@require_safe
def process_rules(request: HttpRequest) -> HttpResponse:
    """List the rules of the whole process, the newest first."""
    seen = references.seen(actor_of(request), ProcessRule.objects.select_related("body"))
    found, pager = cut(seen.exclude(state=RuleState.DRAFT), request.GET, PAGE_SIZE)
    context = {
        "rules": found,
        "pager": pager,
        "provision": packs.active().ordering(duties.PROCESS_RULES),
        "crumbs": trail(_("Whole-process rules")),
    }
    return render(request, "portal/process_rules.html", context)


@require_safe
def process_rule(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show one rule with its text, what it replaced and what took its place."""
    found = references.one(actor_of(request), ProcessRule, pk)
    context = {
        "rule": found,
        "attachments": attaching.shown(actor_of(request), found),
        "crumbs": trail(found.title, (_("Whole-process rules"), "portal:process_rules")),
    }
    return render(request, "portal/process_rule.html", context)
