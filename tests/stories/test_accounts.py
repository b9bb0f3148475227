"""An account in a real browser: by mail, with a second factor, by a provider elsewhere."""

import ipaddress
import os
import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.mfa.totp.internal import auth as totp
from django.core import mail
from django.core.cache import cache
from playwright.sync_api import Page, expect
from procrastinate.contrib.django.models import ProcrastinateJob
from tests.access.walking import wrong_on
from tests.personal import personal
from tests.stories.test_whole_way import PASSWORD, beside, browser, pytestmark, someone
from tests.stories.tongue import said
from tests.web.provider import providing

from yelin.acts.tasks import welcome
from yelin.config import config
from yelin.parties.models import OutsideLogin, User

__all__ = ["pytestmark"]

ADDRESS = personal("lisi.demo@example.com")
WIDTHS = (1440, 768, 390)
# Where pictures of the pages go, for whoever wants to look at them.
PICTURES = os.environ.get("PICTURES", "")


@pytest.fixture(autouse=True)
def _fresh_limits():
    cache.clear()
    yield
    cache.clear()


def look(page: Page, name: str) -> None:
    """See that the page is one that everybody can use, and draw it where that is wanted."""
    assert wrong_on(page) == [], name
    for width in WIDTHS if PICTURES else ():
        page.set_viewport_size({"width": width, "height": 900})
        page.screenshot(path=Path(PICTURES) / f"{name}-{width}.png", full_page=True)


def main_of(page: Page):
    return page.get_by_role("main")


def fill_in(page: Page, **values: str) -> None:
    for label, value in values.items():
        page.get_by_label(said(label, alone=True), exact=True).fill(value)


def mailed() -> str:
    """Let the worker send what is to be sent; return the link in it."""

    def work() -> None:
        for job in ProcrastinateJob.objects.filter(task_name="accounts.welcome"):
            welcome.func(**job.args)

    beside(work)
    return urlsplit(re.search(r"https?://\S+/account/new/\S+", mail.outbox[-1].body)[0]).path


@pytest.mark.slow
@pytest.mark.duty("collection.lawful")
def test_an_account_is_opened_by_mail_and_kept_safe_by_a_second_factor(live_server, language):
    complaints: list[str] = []
    with browser() as chromium, someone(chromium, live_server.url, complaints) as page:
        page.goto("/account/new/")
        page.get_by_role("button", name=said("发送链接")).click()
        expect(page.get_by_role("alert").first).to_be_visible()
        look(page, "sign-up-wrong")
        fill_in(page, 邮箱=ADDRESS)
        page.get_by_role("button", name=said("发送链接")).click()
        expect(main_of(page).get_by_role("status")).to_contain_text(said("邮件已发往该邮箱"))
        look(page, "sign-up-asked")
        page.goto(mailed())
        look(page, "sign-up-own")
        fill_in(page, 您的姓名="李四演示", 登录名="lisi", 密码=PASSWORD, 再次输入密码=PASSWORD)
        page.get_by_role("button", name=said("注册")).click()
        page.wait_for_url("**/account/")
        look(page, "account")

        main_of(page).locator("a[href='/accounts/2fa/']").click()
        look(page, "factors")
        main_of(page).locator("a[href$='totp/activate/']").click()
        page.wait_for_url(re.compile("reauthenticate|activate"))
        if "reauthenticate" in page.url:
            fill_in(page, 密码=PASSWORD)
            main_of(page).get_by_role("button").first.click()
        look(page, "factor-new")
        secret = page.locator("#secret").inner_text().strip()
        code = totp.hotp_value(secret, next(iter(totp.yield_hotp_counters_from_time())))
        page.locator("[name=code]").fill(totp.format_hotp_value(code))
        main_of(page).get_by_role("button").last.click()
        expect(main_of(page)).to_contain_text(said("恢复码"))
        # Each code on a line of its own, and nothing else there.
        codes = page.locator("#codes").inner_text().split()
        assert len(codes) == 10
        assert all(re.fullmatch(r"\d{8}", each) for each in codes)
        look(page, "recovery-codes")

        page.goto("/account/")
        page.get_by_text(said("退出全部登录")).click()
        page.get_by_role("button", name=said("全部退出")).click()
        page.wait_for_url("**/accounts/login/**")
        look(page, "login")
        fill_in(page, 用户名="lisi", 密码=PASSWORD)
        main_of(page).get_by_role("button", name=said("登录")).click()
        page.wait_for_url("**/2fa/authenticate/**")
        look(page, "factor")
        page.goto("/account/lost/")
        look(page, "lost")
    assert [each for each in complaints if "422" not in each] == []


@pytest.mark.long
@pytest.mark.slow
@pytest.mark.duty("collection.lawful")
def test_whoever_the_provider_knows_signs_in_by_its_own_page(
    live_server, tmp_path, monkeypatch, language
):
    complaints: list[str] = []
    with providing(tmp_path) as provider:
        told = {
            "public_url": live_server.url,
            "oidc_issuer": provider.url,
            "oidc_client_id": "yelin",
            "oidc_client_secret": "a secret of ours",
            "oidc_name": "海南省统一身份认证",
            "oidc_certificate": provider.authority,
            "outbound_networks": (ipaddress.ip_network("127.0.0.1/32"),),
        }
        for name, value in told.items():
            monkeypatch.setitem(config.__dict__, name, value)
        monkeypatch.setattr(type(config), "url", property(lambda _: live_server.url))
        with (
            browser() as chromium,
            someone(chromium, live_server.url, complaints, ignore_https_errors=True) as page,
        ):
            page.goto("/accounts/login/?next=/account/kept/")
            look(page, "login-elsewhere")
            page.get_by_role("link", name=said("使用海南省统一身份认证登录")).click()
            page.wait_for_url(f"{provider.url}/**")
            assert parse_qs(urlsplit(page.url).query)["code_challenge_method"] == ["S256"]
            page.locator("[name=sub]").first.fill("citizen-4600001")
            page.locator("[name=sub]").first.press("Enter")
            page.wait_for_url("**/account/outside/new/")
            look(page, "outside-new")
            fill_in(page, 您的姓名="李四演示", 登录名="lisi")
            page.get_by_role("button", name=said("注册")).click()
            page.wait_for_url("**/account/")
            expect(main_of(page)).to_contain_text("海南省统一身份认证")
            look(page, "account-elsewhere")
            page.goto("/account/outside/back/?state=none")
            expect(main_of(page)).to_contain_text(said("登录未成功"))
            look(page, "outside-failed")

    def see() -> None:
        person = User.objects.get(username="lisi").person
        assert OutsideLogin.objects.get().person == person

    beside(see)
    # The page that says that it did not work; and what the provider's own page lacks.
    ours = [each for each in complaints if not each.startswith(provider.url)]
    assert [each for each in ours if "502" not in each] == []
