"""The addresses of the Dataspace Protocol's binding to HTTPS."""

from django.urls import path

from yelin.api.dataspace import catalog, negotiations, transfers

_ONE = "dsp/negotiations/<str:pid>"
_TRANSFER = "dsp/transfers/<str:pid>"
urlpatterns = [
    path(".well-known/dspace-version", catalog.versions),
    path("dsp/catalog/request", catalog.page),
    path("dsp/catalog/datasets/<str:dataset>", catalog.one),
    path("dsp/negotiations/request", negotiations.begin),
    path(_ONE, negotiations.state),
    path(f"{_ONE}/request", negotiations.counter),
    path(f"{_ONE}/events", negotiations.event),
    path(f"{_ONE}/agreement/verification", negotiations.verify),
    path(f"{_ONE}/termination", negotiations.terminate),
    path("dsp/transfers/request", transfers.begin),
    path(_TRANSFER, transfers.state),
    path(f"{_TRANSFER}/start", transfers.start),
    path(f"{_TRANSFER}/completion", transfers.complete),
    path(f"{_TRANSFER}/suspension", transfers.suspend),
    path(f"{_TRANSFER}/termination", transfers.terminate),
    path(f"{_TRANSFER}/data", transfers.data),
]
