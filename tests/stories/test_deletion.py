"""A person has all that is held of her deleted, in a real browser, and takes the proof along."""

import pytest
from playwright.sync_api import Page, expect
from tests.catalog.makers import agency
from tests.delivery.makers import make_call
from tests.gate.makers import make_grant
from tests.opening.makers import make_verified
from tests.parties.makers import make_enterprise, make_person, make_seat
from tests.privacy.makers import NUMBERS, make_covering, make_people
from tests.privacy.test_requests import states, work
from tests.stories.test_accounts import look
from tests.stories.test_application import enter, offer
from tests.stories.test_whole_way import beside, browser, pytestmark, someone
from tests.stories.tongue import said

from yelin.cases.models import Case
from yelin.parties.actor import Actor
from yelin.privacy import acts, subject_tasks
from yelin.privacy.models import SubjectRequest

__all__ = ["pytestmark"]


def main_of(page: Page):
    return page.get_by_role("main")


def ask(page: Page) -> None:
    """Find whom to ask, say what is wanted, hand it in."""
    enter(page, "/account/requests/", "rider")
    look(page, "requests-none")
    main_of(page).locator("a[href^='/account/requests/new/']").click()
    page.get_by_role("radio", name=said("删除", alone=True), exact=True).check()
    page.get_by_label(said("理由")).fill("不再乘车")
    look(page, "request-new")
    page.get_by_role("button", name=said("提交请求")).click()
    expect(page.get_by_role("status").first).to_contain_text(said("您的请求已提交"))
    look(page, "request-asked")


def decide(page: Page, number: str) -> None:
    """Look at every place that was found, and have it done."""
    enter(page, f"/desk/cases/{number}/", "collector")
    expect(main_of(page)).to_contain_text(said("已找到"))
    look(page, "request-found")
    offer(page, said("受理")).get_by_role("button", name=said("受理")).click()
    form = offer(page, said("同意办理"))
    look(page, "request-deciding")
    form.get_by_role("button", name=said("同意办理")).click()
    expect(page.get_by_role("status").first).to_contain_text(said("已开始办理。"))


def reach(number: str) -> None:
    """Do what the worker does, until the copies follow the version that was written again."""
    case = Case.objects.get(number=number)
    for _ in range(2):
        work(case)


def confirm(page: Page) -> None:
    """Confirm, as an enterprise that took the data, that it deleted it."""
    enter(page, "/desk/deletions/", "planner")
    look(page, "deletions")
    page.locator("aside summary").first.click()
    page.get_by_role("button", name=said("确认已删除")).click()
    expect(page.get_by_role("status").first).to_contain_text(said("已确认。"))
    look(page, "deletions-confirmed")


@pytest.mark.long
def test_a_person_is_deleted_everywhere_and_takes_the_proof_along(live_server, language):
    complaints: list[str] = []
    entry = make_people()
    make_seat(entry.provider, person=make_person("林采集", "collector"))
    make_seat(agency(), "officer", person=make_person("叶静", "officer"))
    rider = make_person("王乘客", "rider")
    make_verified(Actor.citizen(rider), number=NUMBERS[0])
    covering = make_covering(entry)
    acts.agree(actor=Actor.citizen(rider), purpose=covering.purpose)
    entry.refresh_from_db()
    enterprise = make_enterprise()
    seat = make_seat(enterprise, "representative", person=make_person("陈规划", "planner"))
    make_grant(enterprise, entry)
    make_call(Actor.of(seat), entry)
    with browser() as chromium, someone(chromium, live_server.url, complaints) as page:
        ask(page)
        number = page.url.split("/")[-2]
        beside(lambda: subject_tasks.find(case=str(Case.objects.get(number=number).pk)))
        with someone(chromium, live_server.url, complaints) as collector:
            decide(collector, number)
        beside(lambda: reach(number))
        page.goto(f"/account/requests/{number}/")
        expect(main_of(page)).to_contain_text(said("已复查，无残留"))
        look(page, "request-proved")
        with page.expect_download() as taken:
            page.get_by_role("link", name=said("盖章回执（JWS）")).click()
        assert taken.value.suggested_filename == f"{number}.jws"
        with someone(chromium, live_server.url, complaints) as planner:
            confirm(planner)
        page.goto("/account/requests/")
        look(page, "requests")
    assert complaints == []
    case = Case.objects.get(number=number)
    assert states(case) == {
        "release": ["done"],
        "copies": ["done"],
        "consent": ["done"],
        "recipient": ["confirmed"],
    }
    assert SubjectRequest.objects.get(case=case).proved_at is not None
