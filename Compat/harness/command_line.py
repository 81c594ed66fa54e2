# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors
"""The options of `Compat/run`, and the order in which things happen."""

import argparse
import importlib.util
import os
import shutil
import signal
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

from . import report
from .catalogue import CATEGORIES, Driver, InvalidDriver, load_catalogue
from .execution import Executor, Outcome, log_excerpt
from .installation import DebianPackages, PythonEnvironments
from .servers import Server, ServerFailed, server_version

COMPAT = Path(__file__).resolve().parent.parent
DEFAULT_SERVER = COMPAT.parent / ".build" / "release" / "martlet-server"


def main() -> int:
    parser = _parser()
    options = parser.parse_args()
    # Ended by a signal, the run still ends the servers that it started.
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    try:
        drivers = _selected(options, load_catalogue(COMPAT / "drivers"))
        if options.list:
            for driver in drivers:
                print(f"{driver.name}: {driver.title} ({driver.language}, {driver.category})")
            return 0
        server = shutil.which(options.server)
        if server is None:
            parser.error(f"no server at {options.server}: build it, or name one with --server")
        if options.table:
            report.require_markers(options.table)
    except (InvalidDriver, LookupError, report.InvalidTable) as error:
        parser.error(str(error))
    return _run(options, os.path.abspath(server), drivers)


def _run(options: argparse.Namespace, server: str, drivers: list[Driver]) -> int:
    version = server_version(server)
    print(f"{len(drivers)} drivers against {version}", flush=True)
    if not _starts(server):
        return 1
    packages = DebianPackages()
    if options.install:
        packages.install(_needed(drivers))
    executor = Executor(
        server=server,
        packages=packages,
        environments=PythonEnvironments(_cache(), may_install=options.install),
        common=COMPAT / "drivers" / "python-common",
    )
    outcomes = _execute(executor, drivers, options.jobs)
    if options.results:
        report.write_results(options.results, version, outcomes)
    if options.table:
        report.write_table(options.table, version, outcomes)
    report.print_counts(outcomes)
    failed = any(outcome.status == "failed" for outcome in outcomes)
    passed = any(outcome.status == "passed" for outcome in outcomes)
    return 0 if passed and not failed else 1


def _starts(server: str) -> bool:
    """Looked at once, so that a server that cannot run is not told about once for each driver."""
    with tempfile.TemporaryDirectory(prefix="compat-") as folder:
        attempt = Server(server, Path(folder))
        try:
            with attempt:
                return True
        except ServerFailed as failure:
            print(f"{failure}\n{log_excerpt(attempt)}")
            return False


def _needed(drivers: list[Driver]) -> list[str]:
    packages = [package for driver in drivers for package in driver.debian]
    # Debian's Python comes without the part that makes environments.
    if any(driver.pypi for driver in drivers) and importlib.util.find_spec("ensurepip") is None:
        packages.append("python3-venv")
    return packages


def _execute(executor: Executor, drivers: list[Driver], jobs: int) -> list[Outcome]:
    outcomes: dict[str, Outcome] = {}
    with ThreadPoolExecutor(max_workers=jobs) as pool:
        futures = [pool.submit(executor.run, driver) for driver in drivers]
        try:
            for future in as_completed(futures):
                outcome = future.result()
                outcomes[outcome.driver.name] = outcome
                report.print_outcome(outcome)
        except BaseException:
            pool.shutdown(wait=True, cancel_futures=True)
            raise
    return [outcomes[driver.name] for driver in drivers]


def _selected(options: argparse.Namespace, catalogue: list[Driver]) -> list[Driver]:
    for name in options.only:
        if not any(driver.matches(name) for driver in catalogue):
            raise LookupError(f"no driver has the name {name}")
    drivers = [
        driver
        for driver in catalogue
        if (not options.short or driver.short)
        and (not options.category or driver.category == options.category)
        and (not options.only or any(driver.matches(name) for name in options.only))
    ]
    if not drivers:
        raise LookupError("no driver is selected")
    if options.table and len(drivers) != len(catalogue):
        raise LookupError("--table needs a run of all drivers")
    return drivers


def _cache() -> Path:
    configured = os.environ.get("MARTLET_COMPAT_CACHE")
    return Path(configured) if configured else Path.home() / ".cache" / "martlet-compat"


def _names(argument: str) -> list[str]:
    return [name for name in argument.split(",") if name]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="Compat/run",
        description="Runs real clients against a server and says which of them work.",
    )
    parser.add_argument("--short", action="store_true", help="only the drivers that are quick")
    parser.add_argument("--only", type=_names, default=[], metavar="NAME[,NAME]",
                        help="only these drivers; a folder's name selects all of its variants")
    parser.add_argument("--category", choices=CATEGORIES, help="only drivers of this category")
    parser.add_argument("--server", default=str(DEFAULT_SERVER), metavar="PATH",
                        help="the server to run (default: the release build of martlet-server)")
    parser.add_argument("--install", action="store_true",
                        help="install missing Debian packages and Python environments")
    parser.add_argument("--jobs", type=int, default=2, help="drivers at a time (default: 2)")
    parser.add_argument("--results", type=Path, metavar="FILE.json", help="write the results here")
    parser.add_argument("--table", type=Path, metavar="README.md",
                        help="rewrite the compatibility table in this file (all drivers only)")
    parser.add_argument("--list", action="store_true", help="name the drivers and stop")
    return parser
