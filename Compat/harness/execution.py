# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors
"""Builds and runs one driver against a server of its own, and judges what it printed."""

import dataclasses
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Literal

from .catalogue import Driver
from .installation import DebianPackages, PythonEnvironments, Unavailable
from .servers import Server, ServerFailed

BUILD_TIMEOUT_SECONDS = 900
VERSION_TIMEOUT_SECONDS = 60
LOG_EXCERPT_BYTES = 6000
OUTPUT_EXCERPT_BYTES = 8000


@dataclasses.dataclass(frozen=True)
class Outcome:
    driver: Driver
    status: Literal["passed", "failed", "not run"]
    version: str = ""
    checks_passed: int = 0
    seconds: float = 0
    reason: str = ""
    details: str = ""


class CommandFailed(Exception):
    """A driver's command ended badly; `output` is what it printed."""

    def __init__(self, reason: str, output: str = "") -> None:
        super().__init__(reason)
        self.output = output


@dataclasses.dataclass(frozen=True)
class Executor:
    """Runs drivers. Several threads may use it at once."""

    server: str
    packages: DebianPackages
    environments: PythonEnvironments
    common: Path

    def run(self, driver: Driver) -> Outcome:
        started = time.monotonic()
        try:
            if missing := self.packages.missing(driver.debian):
                raise Unavailable(f"Debian packages missing: {' '.join(missing)}")
            venv = self.environments.prepare(driver.pypi) if driver.pypi else None
        except Unavailable as unavailable:
            return Outcome(driver, "not run", reason=str(unavailable))
        # A socket's path is limited to 107 bytes, so the folder has a short name.
        with tempfile.TemporaryDirectory(prefix="compat-", ignore_cleanup_errors=True) as folder:
            outcome = self._run_in(driver, Path(folder), venv)
        return dataclasses.replace(outcome, seconds=time.monotonic() - started)

    def _run_in(self, driver: Driver, folder: Path, venv: Path | None) -> Outcome:
        environment = self._environment(folder, venv)
        python = str(venv / "bin" / "python") if venv else sys.executable
        version, output, server = "", "", Server(self.server, folder)

        def command(argv: tuple[str, ...], timeout: float) -> str:
            argv = (python, *argv[1:]) if argv[0] == "python" else argv
            argv = tuple(part.replace("$BUILD_DIR", environment["BUILD_DIR"]) for part in argv)
            return _run_command(argv, driver.folder, environment, timeout)

        try:
            if driver.build:
                command(driver.build, BUILD_TIMEOUT_SECONDS)
            version = command(driver.version, VERSION_TIMEOUT_SECONDS).strip()
            if not version or "\n" in version:
                raise CommandFailed(f"the version command printed {version!r}")
            with server:
                environment |= {
                    "HOST": server.host,
                    "PORT": str(server.port),
                    "UNIX_SOCKET": str(server.unix_socket),
                }
                output = command(driver.run, driver.timeout_seconds)
            passed = judge(driver.checks, output)
            return Outcome(driver, "passed", version, checks_passed=passed)
        except (CommandFailed, ServerFailed) as failure:
            output = getattr(failure, "output", "") or output
            details = _excerpt(output.encode(), OUTPUT_EXCERPT_BYTES)
            if server.log.exists():
                details += f"\n--- the server's log ---\n{log_excerpt(server)}"
            return Outcome(driver, "failed", version, reason=str(failure), details=details)

    def _environment(self, folder: Path, venv: Path | None) -> dict[str, str]:
        build = folder / "build"
        build.mkdir()
        environment = os.environ | {
            "BUILD_DIR": str(build),
            "VENV": str(venv or ""),
            "PYTHONPATH": str(self.common),
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONUNBUFFERED": "1",
        }
        if venv:
            environment["PATH"] = f"{venv / 'bin'}:{environment['PATH']}"
        return environment


def judge(declared: tuple[str, ...], output: str) -> int:
    """The number of checks in a run that ended with 0, or CommandFailed if it did not pass."""
    lines = output.splitlines()
    if failed := [line for line in lines if line.startswith("FAIL ")]:
        raise CommandFailed(failed[0], output)
    printed = [line.removeprefix("ok ") for line in lines if line.startswith("ok ")]
    if absent := [check for check in declared if check not in printed]:
        raise CommandFailed(f"checks that were not run: {', '.join(absent)}", output)
    if undeclared := [check for check in printed if check not in declared]:
        raise CommandFailed(f"checks that driver.toml lacks: {', '.join(undeclared)}", output)
    if len(printed) != len(declared):
        raise CommandFailed("a check was printed twice", output)
    return len(printed)


def _run_command(
    argv: tuple[str, ...], folder: Path, environment: dict[str, str], timeout: float
) -> str:
    """What the command printed to standard output. Its whole process group has ended by then."""
    try:
        process = subprocess.Popen(
            argv,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            errors="backslashreplace",
            start_new_session=True,
        )
    except OSError as error:
        raise CommandFailed(f"{argv[0]} cannot be started: {error.strerror}") from error
    try:
        output, errors = process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        _end_group(process.pid)
        output, errors = process.communicate()
        raise CommandFailed(
            f"{Path(argv[0]).name} was not done after {timeout:g} s", _joined(output, errors)
        ) from None
    finally:
        _end_group(process.pid)
    if process.returncode == 0:
        return output
    said = [line for line in output.splitlines() if line.startswith("FAIL ")]
    said += [f"{Path(argv[0]).name} ended with code {process.returncode}"]
    # An exception's message stands in the last line of what a program says before it ends.
    said[-1] += "".join(f": {line.strip()}" for line in errors.strip().splitlines()[-1:])
    raise CommandFailed(said[0], _joined(output, errors))


def _end_group(group: int) -> None:
    try:
        os.killpg(group, signal.SIGKILL)
    except ProcessLookupError:
        pass


def _joined(output: str, errors: str) -> str:
    return output + (f"--- standard error ---\n{errors}" if errors else "")


def log_excerpt(server: Server) -> str:
    return _excerpt(server.log.read_bytes(), LOG_EXCERPT_BYTES)


def _excerpt(content: bytes, byte_count: int) -> str:
    """The beginning and the end: a crash is told at the one, a refusal at the other."""
    if len(content) > byte_count:
        half = byte_count // 2
        content = content[:half] + b"\n[...]\n" + content[-half:]
    return content.decode(errors="backslashreplace").rstrip()
