"""A notice and a consent in a real browser: examined, published, agreed to, withdrawn."""

from playwright.sync_api import Page, expect
from tests.opening.makers import make_verified
from tests.parties.makers import make_person, make_seat
from tests.privacy.makers import GIVEN, NUMBERS, content_of, make_covering, make_people
from tests.stories.test_accounts import look
from tests.stories.test_application import enter, offer
from tests.stories.test_whole_way import beside, browser, pytestmark, someone
from tests.stories.tongue import said

from yelin.parties.actor import Actor
from yelin.privacy import acts
from yelin.privacy.content import ChoiceContent
from yelin.privacy.models import CollectionNotice, Consent

__all__ = ["pytestmark"]

ADVERTISED = GIVEN.model_copy(update={"title": "提升服务质量", "retention": ""})


def collect(page: Page) -> None:
    """Take out what offends, and publish."""
    enter(page, "/desk/collection-notices/", "collector")
    page.get_by_role("link", name="公交卡实名登记告知书").click()
    expect(page.get_by_role("main")).to_contain_text(said("含糊的理由"))
    look(page, "notice-wrong")
    for part in ("choices 0", "purposes 1"):
        form = offer(page, said("删去一项"))
        form.get_by_role("combobox").select_option(part)
        form.get_by_role("button", name=said("删去")).click()
    expect(page.get_by_role("main")).to_contain_text(said("未发现不合规的条款"))
    offer(page, said("发布告知书")).get_by_role("button", name=said("发布")).click()
    expect(page.get_by_role("status").first).to_contain_text(said("告知书已发布。"))
    look(page, "notice-published")


def agree(page: Page, notice: CollectionNotice) -> None:
    """Read what is collected, agree to the one purpose, look at it, withdraw it."""
    enter(page, f"/collection-notices/{notice.pk}/", "rider")
    look(page, "notice")
    form = offer(page, said("同意：向规划单位提供出行记录"))
    form.get_by_role("button", name=said("同意")).click()
    expect(page.get_by_role("main")).to_contain_text(said("您已同意"))
    look(page, "notice-agreed")
    page.goto("/account/consents/")
    form = offer(page, said("撤回：向规划单位提供出行记录"))
    form.get_by_role("button", name=said("撤回")).click()
    expect(page.get_by_role("status").first).to_contain_text(said("已撤回"))
    look(page, "consents-withdrawn")


def test_a_notice_is_mended_published_agreed_to_and_the_consent_withdrawn(live_server, language):
    complaints: list[str] = []
    entry = make_people()
    seat = make_seat(entry.provider, person=make_person("林采集", "collector"))
    rider = make_person("王乘客", "rider")
    make_verified(Actor.citizen(rider), number=NUMBERS[0])
    both = ChoiceContent(label="我已阅读并同意", purposes=(1, 2), ticked=True)
    title = "公交卡实名登记告知书"
    content = content_of(title=title, purposes=(GIVEN, ADVERTISED), choices=(both,))
    notice = acts.draft(actor=Actor.of(seat), body=entry.provider, content=content)
    with browser() as chromium, someone(chromium, live_server.url, complaints) as collector:
        collect(collector)
        beside(lambda: make_covering(entry, CollectionNotice.objects.get()))
        with someone(chromium, live_server.url, complaints) as page:
            agree(page, notice)
    assert complaints == []
    consent = Consent.objects.get()
    assert consent.person == rider
    assert consent.withdrawn_at is not None
