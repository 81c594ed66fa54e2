# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors
"""The harness's own rules. From the top of the package:

    python3 -m unittest discover --top-level-directory Compat Compat/harness
"""

import tempfile
import unittest
from pathlib import Path

from . import report
from .catalogue import Driver, InvalidDriver, load_catalogue
from .execution import CommandFailed, Outcome, judge
from .servers import Server, ServerFailed

DECLARED = """
title = "A client"
language = "C"
category = "tool"
run = ["true"]
version = ["true"]
timeout_seconds = 1
checks = ["ping"]
"""


def catalogue(declared: str) -> list[Driver]:
    with tempfile.TemporaryDirectory() as folder:
        driver = Path(folder) / "client"
        driver.mkdir()
        (driver / "driver.toml").write_text(declared)
        return load_catalogue(Path(folder))


class Judgement(unittest.TestCase):
    def test_passes_only_when_exactly_the_declared_checks_are_ok(self) -> None:
        self.assertEqual(judge(("a", "b c"), "ok b c\nnoise\nok a\n"), 2)
        for output, reason in {
            "ok a\n": "not run: b",
            "ok a\nok b\nok c\n": "lacks: c",
            "ok a\nok b\nok b\n": "twice",
            "ok a\nok b\nFAIL b: expected 1 got 2\n": "FAIL b: expected 1 got 2",
            "": "not run: a, b",
        }.items():
            with self.subTest(output), self.assertRaisesRegex(CommandFailed, reason):
                judge(("a", "b"), output)


class Catalogue(unittest.TestCase):
    def test_a_variant_replaces_what_it_names_and_adds_checks(self) -> None:
        drivers = catalogue(DECLARED + """
            [[variants]]
            name = "1.0"
            [[variants]]
            name = "2.0"
            title = "Another"
            more_checks = ["echo"]
        """)
        self.assertEqual([driver.name for driver in drivers], ["client-1.0", "client-2.0"])
        self.assertEqual([driver.title for driver in drivers], ["A client", "Another"])
        self.assertEqual([driver.checks for driver in drivers], [("ping",), ("ping", "echo")])
        self.assertTrue(all(driver.matches("client") for driver in drivers))

    def test_refuses_what_it_does_not_understand(self) -> None:
        for declared, reason in {
            DECLARED + "chekcs = []": "unknown: chekcs",
            DECLARED.replace("language", "category", 1): "overwrite",
            DECLARED.replace('"tool"', '"toy"'): "category must be",
            DECLARED.replace('"ping"', '"ping", "ping"'): "each once",
            DECLARED.replace('run = ["true"]', ""): "missing: run",
        }.items():
            with self.subTest(declared), self.assertRaisesRegex(InvalidDriver, reason):
                catalogue(declared)


class Table(unittest.TestCase):
    def test_what_did_not_run_is_never_listed_as_passed(self) -> None:
        (driver,) = catalogue(DECLARED)
        text = report.table("S", [
            Outcome(driver, "passed", "1.0", checks_passed=7),
            Outcome(driver, "failed", "2.0", reason="a | b"),
            Outcome(driver, "not run", reason="no package"),
        ])
        self.assertIn("1 passed, 1 failed, 1 not run; 7 checks.", text)
        self.assertIn("| A client | 1.0 | C | passed, 7 checks |", text)
        self.assertIn("| A client | 2.0 | C | **failed**: a \\| b |", text)
        self.assertTrue(text.endswith("Not run:\n\n- A client: no package"))

    def test_only_the_text_between_the_markers_changes(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "README.md"
            path.write_text(f"before\n{report.BEGIN}\nold\n{report.END}\nafter\n")
            report.write_table(path, "S", [])
            content = path.read_text()
            self.assertTrue(content.startswith(f"before\n{report.BEGIN}\nRun against `S`"))
            self.assertTrue(content.endswith(f"\n{report.END}\nafter\n"))
            path.write_text("no markers")
            with self.assertRaises(report.InvalidTable):
                report.write_table(path, "S", [])


class Servers(unittest.TestCase):
    def test_a_server_that_ends_at_its_start_is_reported(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            with self.assertRaisesRegex(ServerFailed, "ended at its start with code 1"):
                with Server("/bin/false", Path(folder)):
                    self.fail("it did not start")


if __name__ == "__main__":
    unittest.main()
