"""Mails of the accounts are queued in the same transaction as their cause, and a copy of the queue reveals nothing."""

import json
import re
from smtplib import SMTPDataError, SMTPRecipientsRefused
from typing import Any

import pytest
from allauth.core import context as allauth_context
from django.contrib.auth import get_user_model
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.tasks import TaskResultStatus
from django.test import Client

from chat.actions import delete_account
from chat.models import Person
from hypertalk.accounts import adapter
from hypertalk.jobs.models import Job
from hypertalk.jobs.runner import JobRunner
from tests.support import jobs

pytestmark = pytest.mark.django_db(transaction=True)

GIVEN = {"display_name": "Dora", "email": "dora@example.com", "password1": "a-long-password"}


@pytest.fixture(autouse=True)
def _queue_and_mail(settings, alice: Person) -> None:
    settings.TASKS = jobs.DATABASE
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"


def refuse(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def fail(self: EmailBackend, messages: list[Any]) -> int:
        raise error

    monkeypatch.setattr(EmailBackend, "send_messages", fail)


def test_signing_up_waits_for_no_mail_server_and_its_mail_is_kept_with_it() -> None:
    assert Client().post("/accounts/signup/", GIVEN).status_code == 302
    assert not mail.outbox
    kept = json.dumps(Job.objects.get().args_kwargs)
    assert "dora" not in kept
    assert "confirm" not in kept
    JobRunner().work_off()
    (sent,) = mail.outbox
    assert sent.to == ["dora@example.com"]
    (link,) = re.findall(r"http://testserver(/accounts/confirm-email/\S+)", str(sent.body))
    assert Client().get(link).status_code in {200, 302}
    assert Job.objects.get().args_kwargs == {"args": [], "kwargs": {}}


def test_a_sign_up_that_fails_sends_nothing_and_one_that_is_kept_has_its_mail(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whatever fails, before or after the mail: there is never an account without its mail, or a mail without an
    account.
    """

    def broken(*_: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(adapter, "send_later", broken)
    with pytest.raises(ZeroDivisionError):
        Client().post("/accounts/signup/", GIVEN)
    assert not get_user_model().objects.filter(email="dora@example.com").exists()
    monkeypatch.undo()
    sends = adapter.AccountAdapter.send_mail

    def break_afterwards(*args: Any) -> None:
        sends(*args)
        raise ZeroDivisionError

    monkeypatch.setattr(adapter.AccountAdapter, "send_mail", break_afterwards)
    with pytest.raises(ZeroDivisionError):
        Client().post("/accounts/signup/", {**GIVEN, "email": "emil@example.com"})
    assert not get_user_model().objects.filter(email="emil@example.com").exists()
    assert not Job.objects.exists()


def test_a_reset_goes_the_same_way() -> None:
    assert Client().post("/accounts/password/reset/", {"email": "alice@example.com"}).status_code == 302
    assert not mail.outbox
    JobRunner().work_off()
    assert "/accounts/password/reset/key/" in str(mail.outbox[0].body)


def test_who_deleted_their_account_meanwhile_gets_no_mail_any_more(bob: Person) -> None:
    Client().post("/accounts/password/reset/", {"email": "bob@example.com"})
    delete_account(bob, with_messages=False)
    JobRunner().work_off()
    assert not mail.outbox
    assert Job.objects.get().args_kwargs == {"args": [], "kwargs": {}}


def test_who_deleted_their_account_meanwhile_is_not_notified_either(bob: Person, rf) -> None:
    """allauth passes no user with what it tells about: a changed password, another address."""
    request = rf.get("/")
    with allauth_context.request_context(request):
        adapter.AccountAdapter(request).send_notification_mail("account/email/password_changed", bob.user)
    assert Job.objects.exists()
    delete_account(bob, with_messages=False)
    JobRunner().work_off()
    assert not mail.outbox


@pytest.mark.parametrize("backend", ["console", "dummy"])
def test_without_a_mail_server_no_link_is_queued_for_the_log(backend: str, settings, capsys) -> None:
    settings.MAILERS = {"default": {"BACKEND": f"django.core.mail.backends.{backend}.EmailBackend"}}
    client = Client()
    assert b"password/reset" not in client.get("/accounts/login/").content
    assert b"This workspace can't send email" in client.get("/accounts/password/reset/").content
    client.post("/accounts/password/reset/", {"email": "alice@example.com"})
    JobRunner().work_off()
    assert not Job.objects.exists()
    assert not capsys.readouterr().out
    settings.DEBUG = True  # while developing, the console is where mails are read
    assert b"password/reset" in client.get("/accounts/login/").content


def test_what_another_key_has_sealed_is_set_aside(settings) -> None:
    Client().post("/accounts/signup/", GIVEN)
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another" * 8
    Client().post("/accounts/signup/", {**GIVEN, "email": "emil@example.com", "display_name": "Emil"})
    JobRunner().work_off()
    assert [sent.to for sent in mail.outbox] == [["dora@example.com"], ["emil@example.com"]]
    Client().post("/accounts/password/reset/", {"email": "alice@example.com"})
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [], "a third one" * 8
    JobRunner().work_off()
    assert len(mail.outbox) == 2
    assert Job.objects.filter(status=TaskResultStatus.FAILED).count() == 1


@pytest.mark.parametrize(
    ("error", "status", "said"),
    [
        (
            SMTPRecipientsRefused({"dora@example.com": (550, b"<dora@example.com> is unknown")}),
            TaskResultStatus.SUCCESSFUL,
            "",
        ),
        (
            SMTPRecipientsRefused({"dora@example.com": (450, b"<dora@example.com> later")}),
            TaskResultStatus.READY,
            "SMTPRecipientsRefused 450",
        ),
        (SMTPDataError(554, b"<dora@example.com> no"), TaskResultStatus.READY, "SMTPDataError 554"),
        (TimeoutError("timed out"), TaskResultStatus.READY, "TimeoutError (timed out)"),
    ],
    ids=["no such address", "later", "not this mail", "no answer"],
)
def test_why_a_mail_did_not_go_out_is_told_without_whom_it_was_for(
    error: Exception, status: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    Client().post("/accounts/signup/", GIVEN)
    refuse(monkeypatch, error)
    JobRunner().work_off()
    assert (Job.objects.get().status, Job.objects.get().traceback) == (status, said)
