"""``make audit``: check the pins of requirements/ for known vulnerabilities with pip-audit, installed separately.

Exit code 0: none is known. 1: some are, and are printed above. 2: unknown, since the advisories could not be queried. A
network may answer without having any data (such as a mirror without advisories), and "none is known" would be wrong
then. So one release with well-known vulnerabilities is checked too, and must be reported.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

PINS = [Path("requirements/base.txt"), Path("requirements/dev.txt")]
TOOL = Path("requirements/audit.txt")
FOLDER = Path("var/audit")
KNOWN = "jinja2==2.10"  # CVE-2019-10906 and others


def main() -> int:
    if not _install():
        return _unknown("pip-audit could not be installed")
    with tempfile.TemporaryDirectory() as folder:
        known = Path(folder, "known.txt")
        known.write_text(KNOWN + "\n")
        found = _ask(known)
        if not found or not any(each.get("vulns") for each in found):
            return _unknown("the advisories could not be reached from here")
    bad = 0
    for pins in PINS:
        found = _ask(pins)
        if found is None or any("skip_reason" in each for each in found):
            return _unknown(f"not everything of {pins} could be looked up")
        for each in found:
            for fault in each["vulns"]:
                bad += 1
                fixed = ", ".join(fault["fix_versions"]) or "no release yet"
                print(f"{pins}: {each['name']} {each['version']}: {fault['id']}, fixed in {fixed}")
        print(f"{pins}: {len(found)} packages looked up")
    print(f"{bad} known vulnerabilities." if bad else "No known vulnerability.")
    return 1 if bad else 0


def _install() -> bool:
    """Install with hashes, into its own folder: it neither changes what is audited nor depends on it."""
    stamp = FOLDER / "installed"
    if stamp.exists() and stamp.read_text() == TOOL.read_text():
        return True
    uv = [str(Path(sys.executable).with_name("uv")), "pip", "install", "--quiet", "--python", sys.executable]
    done = subprocess.run([*uv, "--require-hashes", "--target", str(FOLDER), "-r", str(TOOL)], check=False)
    if done.returncode == 0:
        stamp.write_text(TOOL.read_text())
    return done.returncode == 0


def _ask(pins: Path) -> list[dict[str, object]] | None:
    """What it reports for each package, or None if it failed."""
    options = [
        "--requirement",
        str(pins),
        "--no-deps",
        "--disable-pip",
        "--format",
        "json",
        "--progress-spinner",
        "off",
    ]
    done = subprocess.run(
        [sys.executable, "-m", "pip_audit", *options],
        env={**os.environ, "PYTHONPATH": str(FOLDER)},
        capture_output=True,
        text=True,
        check=False,
    )
    try:
        return list(json.loads(done.stdout)["dependencies"])
    except (ValueError, KeyError):
        return None


def _unknown(why: str) -> int:
    print(f"Nothing was audited: {why}. Run it again where the network allows.", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
