"""Tell Django where the pages, their templates, words and static files are."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """The pages: portal for everyone, desk for officials."""

    name = "yelin.web"
    label = "web"
