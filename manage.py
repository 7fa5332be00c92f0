#!/usr/bin/env python
"""Django's command line, for this deployment."""

import json
import os
import sys

from django.core.management import execute_from_command_line

from hypertalk.env import WrongSetting

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hypertalk.settings")
    try:
        execute_from_command_line(sys.argv)
    except WrongSetting as wrong:
        if sys.argv[1:2] != ["doctor"] or "--json" not in sys.argv:
            raise
        # Nothing else can be looked at; a machine that asks gets what it can read all the same.
        finding = {"level": "failure", "name": "settings", "what": str(wrong), "do": "See docs/settings.md."}
        sys.stdout.write(json.dumps({"well": False, "findings": [finding]}) + "\n")
        sys.exit(1)
