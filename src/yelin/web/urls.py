"""Every page's address: portal, desk, law, accounts."""

from django.urls import URLPattern, URLResolver, include, path

from yelin.web.desk import (
    bodies,
    calendar,
    channels,
    entries,
    items,
    notices,
    operation,
    people,
    proposals,
    registers,
    reviews,
    seats,
    tokens,
    uploads,
)
from yelin.web.desk import home as desk_home
from yelin.web.portal import account, developers, home, law, ledger, powers, resource, resources
from yelin.web.portal import registers as public

portal = [
    path("", home.home, name="home"),
    path("resources/", resources.resources, name="resources"),
    path("resources/<slug:slug>/", resource.data, name="resource"),
    path("resources/<slug:slug>/about/", resource.about, name="resource_about"),
    path("resources/<slug:slug>/fields/", resource.fields, name="resource_fields"),
    path("resources/<slug:slug>/use/", resource.use, name="resource_use"),
    path("resources/<slug:slug>/versions/", resource.versions, name="resource_versions"),
    path("resources/<slug:slug>/trace/", resource.trace, name="resource_trace"),
    path("standards/", public.standards, name="standards"),
    path("standards/<uuid:pk>/", public.standard, name="standard"),
    path("standards/lists/<uuid:pk>/", public.code_list, name="code_list"),
    path("plans/", public.plans, name="plans"),
    path("plans/<uuid:pk>/", public.plan, name="plan"),
    path("ledger/", ledger.ledger, name="ledger"),
    path("ledger/leaves/<str:text>/", ledger.leaf, name="leaf"),
    path("verify/", ledger.verify, name="verify"),
    path("law/", law.law, name="law"),
    path("law/powers/", powers.powers, name="powers"),
    path("law/<int:number>/", law.article, name="article"),
    path("account/", account.account, name="account"),
    path("account/new/", account.sign_up, name="sign_up"),
    path("account/copy/", account.copy, name="account_copy"),
    path("account/delete/", account.delete, name="account_delete"),
    path("account/enterprises/new/", account.enterprise, name="enterprise"),
    path(
        "account/password/<uidb64>/<token>/",
        account.ChoosePassword.as_view(),
        name="choose_password",
    ),
    path("law/works/<slug:work>/", law.work, name="work"),
    path("law/works/<slug:work>/<int:number>/", law.article, name="national_article"),
    path("developers/", developers.developers, name="developers"),
    path("about/", developers.about, name="about"),
    path("api/v1/docs", developers.api_docs, name="api_docs"),
]

desk = [
    path("", desk_home.home, name="home"),
    path("seat/", seats.choose, name="seat"),
    path("entries/", entries.own, name="entries"),
    path("entries/new/", entries.new, name="entry_new"),
    path("entries/<uuid:pk>/", entries.one, name="entry"),
    path("entries/<uuid:pk>/edit/", entries.edit, name="entry_edit"),
    path("entries/<uuid:pk>/items/", items.items, name="items"),
    path("entries/<uuid:pk>/upload/", uploads.upload, name="upload"),
    path("uploads/<uuid:pk>/", uploads.report, name="report"),
    path("reviews/", reviews.waiting, name="reviews"),
    path("reviews/<uuid:pk>/", reviews.review, name="review"),
    path("registers/", registers.registers, name="registers"),
    path("registers/systems/<uuid:pk>/", registers.system, name="system"),
    path("registers/projects/<uuid:pk>/", registers.project, name="project"),
    path("registers/plans/<uuid:pk>/", registers.plan, name="plan"),
    path("registers/standards/<uuid:pk>/", registers.standard, name="standard"),
    path("people/", people.people, name="people"),
    path("people/<uuid:pk>/", people.seat, name="seat_page"),
    path("bodies/", bodies.bodies, name="bodies"),
    path("bodies/new/", bodies.new, name="body_new"),
    path("bodies/<uuid:pk>/", bodies.body, name="body"),
    path("proposals/", proposals.proposals, name="proposals"),
    path("proposals/<uuid:pk>/", proposals.proposal, name="proposal"),
    path("tokens/", tokens.tokens, name="tokens"),
    path("notices/", notices.inbox, name="notices"),
    path("notices/<int:pk>/", notices.follow, name="notice"),
    path("notices/channels/", channels.channels, name="channels"),
    path("operation/", operation.operation, name="operation"),
    path("calendar.ics", calendar.feed, name="calendar"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("desk/", include((desk, "desk"))),
    path("", include((portal, "portal"))),
]
