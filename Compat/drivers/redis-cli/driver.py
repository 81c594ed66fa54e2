# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors
"""redis-cli in all the ways in which people use it."""

import os
import re
import subprocess
import sys
import tempfile

from checks import BINARY, HOST, PORT, TIMEOUT_SECONDS, UNIX_SOCKET, Checks, unique, wait_until
from programs import Program

CLI = ["redis-cli", "-h", HOST, "-p", str(PORT)]
checks = Checks()


def run(*arguments: str, input: bytes = b"", env: dict[str, str] | None = None) -> tuple[int, str]:
    answer = subprocess.run(
        [*CLI, *arguments],
        input=input,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=TIMEOUT_SECONDS,
        env=os.environ | (env or {}),
    )
    return answer.returncode, answer.stdout.decode(errors="backslashreplace").strip()


def publish(channel: str, message: bytes, receivers: int = 1) -> None:
    """Waits for a subscriber that is just coming, and fails if there are more than expected."""
    command = ("-x", "PUBLISH", channel)
    wait_until(f"{receivers} receivers", lambda: run(*command, input=message)[1] == str(receivers))


def check_one_shot() -> None:
    checks.equal("ping", (0, "PONG"), run("PING"))
    checks.equal("publish to nobody", (0, "0"), run("PUBLISH", unique("nobody"), "hello"))
    checks.equal("RESP3", (0, "PONG"), run("-3", "PING"))
    checks.equal("json", (0, '["a\\"b",0]'), run("--json", "PUBSUB", "NUMSUB", 'a"b'))
    echoed = subprocess.run([*CLI, "-x", "ECHO"], input=BINARY, capture_output=True).stdout
    checks.equal("echo", BINARY + b"\n", echoed)
    code, text = run("-e", "NOSUCH", "argument")
    checks.equal("error", (1, "ERR unknown command 'NOSUCH'"), (code, text.split(",")[0]))
    code, text = run("-n", "1", "CLIENT", "INFO")
    checks.equal("select", ["db=1"], re.findall(r"db=\d+", text))
    local = ["redis-cli", "-s", UNIX_SOCKET, "PING"]
    checks.equal("unix socket", b"PONG\n", subprocess.run(local, capture_output=True).stdout)
    commands = b"PING\nECHO 'two words'\nPUBLISH nobody \"a\\x00b\"\n"
    checks.equal("commands piped", (0, "PONG\ntwo words\n0"), run(input=commands))
    checks.equal("repeat", (0, "PONG\nPONG\nPONG"), run("-r", "3", "PING"))
    code, text = run("INFO", "server")
    checks.holds("info", code == 0 and re.search(r"^redis_version:\d+\.\d+", text, re.M), text)


def check_piped_subscriptions() -> None:
    channel, other = unique("news"), unique("other")
    with Program([*CLI, "SUBSCRIBE", channel, other]) as subscriber:
        expected = ["subscribe", channel, "1", "subscribe", other, "2"]
        checks.equal("subscribe piped", expected, subscriber.lines(6))
        publish(channel, b"hello")
        checks.equal("message piped", ["message", channel, "hello"], subscriber.lines(3))
    with Program([*CLI, "-3", "PSUBSCRIBE", f"{channel}*"]) as subscriber:
        expected = ["psubscribe", f"{channel}*", "1"]
        checks.equal("psubscribe piped", expected, subscriber.lines(3))
        # The first subscriber's connection is closed; its subscriptions must be gone as well.
        publish(channel, b"hello")
        expected = ["pmessage", f"{channel}*", channel, "hello"]
        checks.equal("pmessage piped", expected, subscriber.lines(4))


def check_terminal(name: str, *options: str) -> None:
    """A person types SUBSCRIBE and reads what comes."""
    channel = unique("terminal")
    prompt = re.escape(f"{HOST}:{PORT}> ".encode())
    with Program([*CLI, *options], terminal=True) as shell:
        shell.expect(prompt)
        shell.type("PING\r")
        # What is typed before the prompt is back is lost.
        shell.expect(rb"PONG\r\n.*" + prompt)
        checks.passed(f"{name}: ping")
        shell.type(f"SUBSCRIBE {channel}\r")
        lines = [b'1) "subscribe"', b'2) "%s"' % channel.encode(), rb"3) (integer) 1"]
        shell.expect(rb"\r\n".join(re.escape(line) for line in lines))
        checks.passed(f"{name}: subscribe")
        publish(channel, b"a\x00\xff\r\n")
        lines = [b'1) "message"', b'2) "%s"' % channel.encode(), rb'3) "a\x00\xff\r\n"']
        shell.expect(rb"\r\n".join(re.escape(line) for line in lines))
        checks.passed(f"{name}: message")
        # ^C ends the subscription, and with it the connection, but not the session.
        shell.type("\x03")
        shell.expect(prompt)
        wait_until("the subscription to end", lambda: run("PUBLISH", channel, "")[1] == "0")
        checks.passed(f"{name}: unsubscribe")
        shell.type("QUIT\r")
        checks.equal(f"{name}: quit", 0, shell.exit_code())


def check_hints() -> None:
    with Program(CLI, terminal=True) as shell:
        shell.expect(re.escape(f"{HOST}:{PORT}> ".encode()))
        # The hint is printed behind the cursor, in grey, as soon as the command is known.
        shell.type("publish ")
        shell.expect(rb"\x1b\[0;90;49m ?channel message")
        checks.passed("hints")
        shell.type("\x15help publish\r")
        style = rb"\x1b\[\w+m"
        heading = rb"%sPUBLISH%s %schannel message" % (style, style, style)
        shell.expect(heading + rb".*summary:.* Posts? a message.*since:.* 2\.0\.0\r")
        checks.passed("help")


def check_authentication() -> None:
    checks.equal("config set", (0, "OK"), run("CONFIG", "SET", "requirepass", "secret"))
    refused = "NOAUTH Authentication required."
    checks.equal("password missing", refused, run("PING")[1])
    checks.equal("password", (0, "PONG"), run("-a", "secret", "--no-auth-warning", "PING"))
    secret = {"REDISCLI_AUTH": "secret"}
    checks.equal("password in RESP3", (0, "PONG"), run("-3", "PING", env=secret))
    user = ("--user", "default", "--pass", "secret", "--no-auth-warning")
    checks.equal("user", (0, "PONG"), run(*user, "PING"))
    wrong = "WRONGPASS invalid username-password pair or user is disabled."
    text = run("-a", "wrong", "--no-auth-warning", "PING")[1]
    checks.equal("password wrong", f"AUTH failed: {wrong}\n{refused}", text)
    answer = run("CONFIG", "SET", "requirepass", "", env=secret)
    checks.equal("config set back", ((0, "OK"), (0, "PONG")), (answer, run("PING")))


def check_observation() -> None:
    code, text = run("--latency", "-i", "1")
    checks.holds("latency", code == 0 and re.fullmatch(r"\d+ \d+ \d+\.\d\d \d+", text), text)
    with Program([*CLI, "--stat", "-i", "0.05"]) as statistics:
        row = rb"\n0 +\d+\.\d\d[KMG] +1 +0 +(\d+) \(\+\d+\) +\d+ "
        first, second = statistics.expect(row), statistics.expect(row)
        checks.holds("stat", int(second[1]) > int(first[1]), (first[0], second[0]))
    channel = unique("monitored")
    with Program([*CLI, "MONITOR"]) as monitor:
        checks.equal("monitor", ["OK"], monitor.lines(1))
        run("-n", "2", "PUBLISH", channel, 'a "quoted" \x01 byte')
        shown = rb'\n\d+\.\d{6} \[2 127\.0\.0\.1:\d+\] "PUBLISH" "%s" "(.*?)"\n' % channel.encode()
        payload = monitor.expect(shown)[1]
        checks.equal("monitor's line", rb"a \"quoted\" \x01 byte", payload)


def check_mass_insertion() -> None:
    channel = unique("pipe")
    command = b"*3\r\n$7\r\nPUBLISH\r\n$%d\r\n%s\r\n$3\r\nabc\r\n"
    requests = command % (len(channel), channel.encode()) * 5000
    code, text = run("--pipe", input=requests)
    checks.equal("pipe", (0, "errors: 0, replies: 5000"), (code, text.splitlines()[-1]))
    code, text = run("--pipe", input=requests + b"*1\r\n$6\r\nNOSUCH\r\n")
    counts = text.splitlines()[-1]
    checks.equal("pipe with an error", (1, "errors: 1, replies: 5001"), (code, counts))


def request(*arguments: str) -> bytes:
    parts = [argument.encode() for argument in arguments]
    bulks = b"".join(b"$%d\r\n%s\r\n" % (len(part), part) for part in parts)
    return b"*%d\r\n%s" % (len(parts), bulks)


def check_keys() -> None:
    """In a database that no other check uses."""
    inserted = [request("SELECT", "5")]
    inserted += [request("SET", f"key:{number}", "x" * (number % 7)) for number in range(2000)]
    inserted += [request("RPUSH", "queue", *"abc"), request("XADD", "log", "1-1", "f", "v")]
    inserted += [request("HSET", "hash", *"abcd"), request("SADD", "set", *"abcdef")]
    inserted += [request("ZADD", "ranks", "1", "a", "2", "b"), request("LPOP", "hash")]
    code, text = run("--pipe", input=b"".join(inserted))
    counts = text.splitlines()[-1]
    checks.equal("keys piped", (1, f"errors: 1, replies: {2000 + 7}"), (code, counts))

    code, text = run("-n", "5", "--scan", "--pattern", "key:1*")
    expected = sorted(f"key:{number}" for number in range(2000) if str(number)[0] == "1")
    checks.equal("scan", (0, expected), (code, sorted(text.splitlines())))
    code, text = run("-n", "5", "--bigkeys")
    summary = text.partition("-------- summary -------")[2].split("\n")
    found = sorted(line.split(" ", 1)[1].strip() for line in summary if " found " in line)
    expected = [
        "hash found '\"hash\"' has 2 fields", "list found '\"queue\"' has 3 items",
        "set found '\"set\"' has 6 members", "stream found '\"log\"' has 1 entries",
        "zset found '\"ranks\"' has 2 members",
    ]
    # Which of the longest strings it names depends on the order of SCAN.
    named = [line for line in found if not line.startswith("string found '\"key:")]
    checks.equal("bigkeys", (0, expected, 6), (code, named, len(found)))
    text = run("-n", "5", "--hotkeys")[1]
    refused = "Error: ERR An LFU maxmemory policy is not selected, access frequency not tracked."
    checks.equal("hotkeys", True, refused in text)

    repeated = run("-n", "5", "-r", "3", "-i", "0.01", "INCRBY", "counter", "5")
    checks.equal("repeat with an interval", (0, "5\n10\n15"), repeated)
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write("return {KEYS[1], redis.call('GET', KEYS[1]), ARGV[1], #ARGV}")
        script.flush()
        answer = run("-n", "5", "--eval", script.name, "counter", ",", "one", "two")
    checks.equal("eval", (0, "counter\n15\none\n2"), answer)
    # The prompt shows the transaction; a reply's type is shown to a terminal.
    with Program([*CLI, "-n", "5"], terminal=True) as shell:
        shell.expect(rb"\[5\]> ")
        for typed, shown in (
            ("multi", rb"OK\r\n.*\[5\]\(TX\)> "),
            ("lpush queue 1", rb"QUEUED\r\n.*\[5\]\(TX\)> "),
            ("exec", rb"1\) \(integer\) 4\r\n.*\[5\]> "),
            ("get nothing", rb"\(nil\)\r\n.*\[5\]> "),
            ("lrange queue 0 1", rb'1\) "1"\r\n2\) "a"\r\n.*\[5\]> '),
        ):
            shell.type(f"{typed}\r")
            shell.expect(shown)
    checks.passed("terminal: keys")


def main() -> None:
    check_one_shot()
    check_piped_subscriptions()
    check_terminal("terminal")
    check_terminal("terminal, RESP3", "-3")
    check_hints()
    check_authentication()
    check_observation()
    check_mass_insertion()
    check_keys()


main()
sys.exit(checks.exit_code)
