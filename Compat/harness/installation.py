# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors
"""What drivers need on the machine: Debian packages, and Python environments outside the tree."""

import hashlib
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterable
from pathlib import Path

APT_TIMEOUT_SECONDS = 1800
PIP_TIMEOUT_SECONDS = 900


class Unavailable(Exception):
    """Something a driver needs is not on this machine: the driver is not run, for this reason."""


class DebianPackages:
    """Looks up, and on request installs, Debian packages."""

    def missing(self, packages: Iterable[str]) -> list[str]:
        wanted = sorted(set(packages))
        if not wanted:
            return []
        if shutil.which("dpkg-query") is None:
            return wanted
        shown = "${Package} ${db:Status-Status}\n"
        query = ["dpkg-query", "--show", "--showformat", shown, *wanted]
        answer = subprocess.run(query, capture_output=True, text=True)
        installed = {
            line.split()[0] for line in answer.stdout.splitlines() if line.endswith(" installed")
        }
        return [package for package in wanted if package not in installed]

    def install(self, packages: Iterable[str]) -> None:
        """Installs what is missing and can be had; what remains is for `missing` to tell."""
        missing = self.missing(packages)
        if not missing:
            return
        apt = self._apt()
        if apt is None:
            print(f"not installed (neither root nor sudo): {' '.join(missing)}", flush=True)
            return
        if any(not self._is_known(package) for package in missing):
            self._run([*apt, "update", "-qq"])
        known = [package for package in missing if self._is_known(package)]
        if not known:
            return
        print(f"installing {' '.join(known)}", flush=True)
        install = [*apt, "install", "--yes", "-qq", "--no-install-recommends"]
        if not self._run([*install, *known]):
            # One package that cannot be installed must not keep the others away.
            for package in known:
                self._run([*install, package])

    def _apt(self) -> list[str] | None:
        if shutil.which("apt-get") is None:
            return None
        # In runlevel 1 invoke-rc.d starts no daemon that a package brings along.
        settings = ["env", "DEBIAN_FRONTEND=noninteractive", "RUNLEVEL=1"]
        apt = [*settings, "apt-get", "-o", "DPkg::Lock::Timeout=900"]
        if os.geteuid() == 0:
            return apt
        return ["sudo", "-n", *apt] if shutil.which("sudo") else None

    def _is_known(self, package: str) -> bool:
        answer = subprocess.run(["apt-cache", "show", package], capture_output=True)
        return answer.returncode == 0

    def _run(self, command: list[str]) -> bool:
        try:
            answer = subprocess.run(
                command, capture_output=True, text=True, timeout=APT_TIMEOUT_SECONDS
            )
        except subprocess.TimeoutExpired:
            print(f"gave up after {APT_TIMEOUT_SECONDS} s: {' '.join(command)}", flush=True)
            return False
        if answer.returncode != 0:
            print(f"{' '.join(command)}:\n{answer.stderr.strip()[-2000:]}", flush=True)
        return answer.returncode == 0


class PythonEnvironments:
    """One environment per set of requirements, kept from run to run in a cache folder."""

    def __init__(self, cache: Path, may_install: bool) -> None:
        self._folder = cache / "python"
        self._may_install = may_install
        self._lock = threading.Lock()
        self._locks: dict[Path, threading.Lock] = {}

    def prepare(self, requirements: tuple[str, ...]) -> Path:
        """The environment's folder; it is made first where that is needed and allowed."""
        environment = self._folder / self._key(requirements)
        with self._lock:
            lock = self._locks.setdefault(environment, threading.Lock())
        with lock:
            # Written last, so that an installation that was cut short is not taken for a whole one.
            complete = environment / "complete"
            if complete.exists():
                return environment
            if not self._may_install:
                raise Unavailable(f"needs {' '.join(requirements)} from PyPI (--install)")
            shutil.rmtree(environment, ignore_errors=True)
            self._folder.mkdir(parents=True, exist_ok=True)
            self._run([sys.executable, "-m", "venv", str(environment)])
            pip = [str(environment / "bin" / "python"), "-m", "pip"]
            options = ["--quiet", "--disable-pip-version-check", "--no-input"]
            self._run([*pip, "install", *options, *requirements])
            complete.write_text("\n".join(requirements) + "\n")
            return environment

    def _key(self, requirements: tuple[str, ...]) -> str:
        described = "\n".join([sys.version, sys.executable, *sorted(requirements)])
        return hashlib.sha256(described.encode()).hexdigest()[:16]

    def _run(self, command: list[str]) -> None:
        try:
            answer = subprocess.run(
                command, capture_output=True, text=True, timeout=PIP_TIMEOUT_SECONDS
            )
        except subprocess.TimeoutExpired as error:
            raise Unavailable(f"gave up after {PIP_TIMEOUT_SECONDS} s: {command[-1]}") from error
        if answer.returncode != 0:
            lines = (answer.stderr or answer.stdout).strip().splitlines()
            reason = lines[-1] if lines else f"exit code {answer.returncode}"
            raise Unavailable(f"{Path(command[-1]).name} cannot be installed: {reason}")
