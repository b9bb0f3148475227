"""The operator's page: who may see it, what it says first, and what it costs."""

import pytest
from django.test import Client
from procrastinate.contrib.django import app
from tests.catalog.makers import agency, make_entry
from tests.parties.makers import make_body
from tests.web.makers import seated, text_of

from yelin.web.desk.operation import TASKS

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.long
@pytest.mark.drawn(2)
@pytest.mark.duty("governance.powers")
@pytest.mark.parametrize(
    ("kind", "role", "status"),
    [
        ("agency", "officer", 200),
        ("agency", "head", 200),
        ("agency", "steward", 403),
        ("agency", "auditor", 403),
        ("department", "officer", 403),
        ("informatization", "head", 403),
    ],
)
def test_only_those_who_operate_the_platform_see_how_it_runs(client: Client, kind, role, status):
    seated(client, agency() if kind == "agency" else make_body(kind=kind), role)
    assert client.get("/desk/operation/").status_code == status
    linked = "/desk/operation/" in client.get("/desk/").content.decode()
    assert linked is (status == 200)


def test_what_is_wrong_stands_first_with_its_mend(client: Client):
    seated(client, agency(), "officer")
    page = client.get("/desk/operation/")
    told = text_of(page)
    assert "从未收到过后台进程的心跳" in told
    assert "处理办法： 请启动后台进程：yelin worker。" in told
    assert told.index("处理办法") < told.index("后台任务")


@pytest.mark.long
def test_the_page_costs_the_same_however_much_waits(
    client: Client, django_assert_num_queries, django_assert_max_num_queries
):
    seated(client, agency(), "officer")
    client.get("/desk/operation/")
    with django_assert_max_num_queries(60) as first:
        client.get("/desk/operation/")
    for task in TASKS:
        app.configure_task(task).defer()
    for _ in range(4):
        make_entry(update_cycle="daily")
    with django_assert_num_queries(len(first)):
        page = client.get("/desk/operation/")
    assert len(page.context["queues"]) >= len(TASKS)


def test_every_task_has_a_name_on_the_page():
    own = {name for name in app.tasks if not name.startswith(("builtin", "procrastinate", "tests"))}
    assert own <= set(TASKS)
