"""``manage.py doctor``: is this workspace healthy? Exit code 1 if something must be fixed."""

import json
import logging
import sys
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from hypertalk.doctor.findings import Finding, Options
from hypertalk.doctor.runner import examine

_SIGNS = {"ok": "ok     ", "warning": "warning", "failure": "FAILURE"}


class Command(BaseCommand):
    help = "Check settings, database, Redis, email, jobs, clock, disk, static files and the proxy."
    requires_system_checks = []  # the doctor runs them itself
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--url", default="", help="the public address of this workspace, to check the proxy"
        )
        parser.add_argument(
            "--send-mail-to", default="", metavar="ADDRESS", help="also send a test email there"
        )
        parser.add_argument("--json", action="store_true", help="one JSON object instead of lines")

    def handle(self, *_args: Any, **options: Any) -> None:
        logging.disable(logging.CRITICAL)  # the findings report what libraries log
        chosen = Options(url=options["url"].rstrip("/"), send_mail_to=options["send_mail_to"])
        found = []
        for finding in examine(chosen):
            found.append(finding)
            if not options["json"]:
                self._print(finding)
        failed = any(finding.level == "failure" for finding in found)
        if options["json"]:
            self.stdout.write(as_json(found))
        else:
            self.stdout.write(_summary(found))
        if failed:
            sys.exit(1)

    def _print(self, finding: Finding) -> None:
        style = {"ok": self.style.SUCCESS, "warning": self.style.WARNING, "failure": self.style.ERROR}[
            finding.level
        ]
        self.stdout.write(f"{style(_SIGNS[finding.level])}  {finding.what}")
        if finding.do:
            self.stdout.write(f"         {finding.do}")


def as_json(found: list[Finding]) -> str:
    """``{"well": true, "findings": [{"level", "name", "what", "do"}, …]}``"""
    well = all(finding.level != "failure" for finding in found)
    return json.dumps(
        {"well": well, "findings": [asdict(each) for each in found]}, ensure_ascii=False, indent=1
    )


def _summary(found: list[Finding]) -> str:
    failures = sum(finding.level == "failure" for finding in found)
    warnings = sum(finding.level == "warning" for finding in found)
    return f"{len(found)} checks: {failures} failures, {warnings} warnings."
