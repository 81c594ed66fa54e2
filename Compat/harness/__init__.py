# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors
"""The client compatibility harness.

A driver is a folder below Compat/drivers with a `driver.toml` (its fields are described in
catalogue.py) and a program that makes one real client do a round trip. In reading order:

    catalogue     which drivers there are, and what each declares
    installation  Debian packages and Python environments they need
    servers       a fresh server for each driver
    execution     builds and runs one driver and judges what it printed
    report        the lines on the terminal, the JSON file, the table in the README
    command_line  the options, and the order in which all of this happens

A driver passes only when it exits with 0 and prints `ok <check>` for exactly the checks that it
declares, so a driver that ends early or skips a step does not count as passed.
"""
