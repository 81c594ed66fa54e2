# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors
"""The drivers and what each declares in its `driver.toml`.

    title            as shown in the table
    language         of the client
    category         "tool", "client library" or "framework"
    debian           Debian packages it needs
    pypi             pinned Python requirements; they get an environment outside the tree
    short            whether it belongs to the short matrix
    build            a command that builds it into $BUILD_DIR (optional)
    run              the command that runs it; in every command, `python` is the environment's
                     interpreter and $BUILD_DIR that folder
    version          a command that prints the version of the client
    timeout_seconds  for the run
    checks           the names of all checks that a passing run prints

Each `[[variants]]` table makes a driver of its own out of the same folder: `name` is appended to
the folder's name, `more_checks` to its checks, and every other key replaces the one above it.
"""

import dataclasses
import tomllib
from pathlib import Path

CATEGORIES = ("tool", "client library", "framework")


class InvalidDriver(Exception):
    """A `driver.toml` that does not say what it must."""


@dataclasses.dataclass(frozen=True)
class Driver:
    name: str
    folder: Path
    title: str
    language: str
    category: str
    run: tuple[str, ...]
    version: tuple[str, ...]
    checks: tuple[str, ...]
    timeout_seconds: float
    debian: tuple[str, ...] = ()
    pypi: tuple[str, ...] = ()
    build: tuple[str, ...] = ()
    short: bool = False

    def matches(self, name: str) -> bool:
        """A folder's name selects all of its variants."""
        return name in (self.name, self.folder.name)


FIELDS = {field.name: field for field in dataclasses.fields(Driver)}
DECLARED = set(FIELDS) - {"name", "folder"}
REQUIRED = {name for name in DECLARED if FIELDS[name].default is dataclasses.MISSING}


def load_catalogue(folder: Path) -> list[Driver]:
    """All drivers below a folder, sorted by name."""
    drivers: list[Driver] = []
    for path in sorted(folder.glob("*/driver.toml")):
        try:
            declared = tomllib.loads(path.read_text())
        except tomllib.TOMLDecodeError as error:
            raise InvalidDriver(f"{path}: {error}") from error
        variants = declared.pop("variants", None)
        if variants is None:
            drivers.append(_driver(path, path.parent.name, declared))
            continue
        for variant in variants:
            merged = declared | variant
            del merged["name"]
            more = merged.pop("more_checks", [])
            merged["checks"] = merged.get("checks", []) + more
            drivers.append(_driver(path, f"{path.parent.name}-{variant['name']}", merged))
    names = [driver.name for driver in drivers]
    for name in names:
        if names.count(name) > 1:
            raise InvalidDriver(f"two drivers have the name {name}")
    return drivers


def _driver(path: Path, name: str, declared: dict) -> Driver:
    if unknown := sorted(set(declared) - DECLARED):
        raise InvalidDriver(f"{path}: unknown: {', '.join(unknown)}")
    if missing := sorted(REQUIRED - set(declared)):
        raise InvalidDriver(f"{path}: missing: {', '.join(missing)}")
    if declared["category"] not in CATEGORIES:
        raise InvalidDriver(f"{path}: category must be one of {', '.join(CATEGORIES)}")
    checks = declared["checks"]
    if not checks or len(set(checks)) != len(checks):
        raise InvalidDriver(f"{path}: checks must be named, each once")
    values = {k: tuple(v) if isinstance(v, list) else v for k, v in declared.items()}
    return Driver(name=name, folder=path.parent, **values)
