# SPDX-License-Identifier: MIT
"""Two people's sessions at the serial login: services, job control, an editor, permissions, su, logs, cron, power-off."""
import re
import time

import console

ESCAPE, CONTROL_C, CONTROL_Z = "\x1b", "\x03", "\x1a"


def _expect(text, pattern, what):
    assert re.search(pattern, text), f"{what}: {text[-300:]}"


def _services(guest):
    text, status = guest.run("rc-status -a")
    assert status == 0
    for service in ("syslog", "klogd", "crond", "hostname", "devfs"):
        _expect(text, rf"\b{service}\b\s*\[\s+started\s+\]", "rc-status")
    text, status = guest.run("rc-service syslog restart")
    assert status == 0, text
    assert text.count("[ ok ]") >= 3, text
    text, _ = guest.run("rc-update show")
    _expect(text, r"crond \|\s+default", "rc-update show")
    _, status = guest.run("rc-update del crond default && rc-update add crond default")
    assert status == 0


def _job_control(guest):
    guest.type("sleep 1000\r")
    time.sleep(1)
    guest.type(CONTROL_C)
    guest.wait("# ")
    assert guest.run("echo $?")[0] == "0"
    guest.type("sleep 1000\r")
    time.sleep(1)
    guest.type(CONTROL_Z)
    guest.wait("Stopped")
    guest.wait("# ")
    guest.type("bg\r")
    guest.wait("# ")
    _expect(guest.run("jobs")[0], r"Running\s+sleep 1000", "jobs after bg")
    guest.type("fg\r")
    time.sleep(1)
    guest.type(CONTROL_C)
    guest.wait("# ")
    assert "sleep" not in guest.run("jobs")[0]


def _editor(guest):
    guest.run("rm -f /tmp/edited")
    guest.type("vi /tmp/edited\r")
    time.sleep(1.5)
    guest.type("ifirst\rsecond")
    guest.type(ESCAPE)
    time.sleep(1)
    guest.type("ggxGAx")
    guest.type(ESCAPE)
    time.sleep(1)
    guest.type(":wq\r")
    guest.wait("# ")
    assert guest.run("cat /tmp/edited")[0] == "irst\nsecondx"


def _log_and_cron(guest):
    guest.run("echo '* * * * * echo ran >> /tmp/cron-ran' | crontab -")
    started = time.monotonic()
    guest.run("logger message-$((6*7))")
    text = ""
    while "message-42" not in text and time.monotonic() - started < 10:
        text = guest.run("cat /var/log/messages | grep message-42")[0]
    _expect(text, r"root: message-42", "log file")
    while guest.run("cat /tmp/cron-ran")[1] and time.monotonic() - started < 130:
        time.sleep(3)
    assert guest.run("cat /tmp/cron-ran")[0].startswith("ran"), "the cron job did not run"


def _second_user(guest):
    guest.run("mkdir -p /srv; echo secret > /srv/private; chmod 600 /srv/private; chmod 755 /srv")
    guest.type("exit\r")
    guest.login("user", "user")
    assert guest.run("id -u")[0] == "1000"
    text, status = guest.run("cat /srv/private")
    assert status == 1 and "Permission denied" in text, text
    guest.type("su -c 'id -u; cat /srv/private'\r")
    guest.wait("assword: ")
    guest.type("wrong\r")
    guest.wait("incorrect")
    guest.wait(r"\$ ")
    guest.type("su -c 'id -u; cat /srv/private'\r")
    guest.wait("assword: ")
    guest.type("lichen\r")
    guest.wait("0\r*\nsecret")
    guest.wait(r"\$ ")


def test_login_session(which):
    with console.Console(which) as guest:
        guest.login("root", "lichen")
        for part in (_services, _job_control, _editor, _log_and_cron, _second_user):
            part(guest)
        guest.type("su\r")
        guest.wait("assword: ")
        guest.type("lichen\r")
        guest.wait("# ")
        guest.type("poweroff\r")
        text = guest.wait("Requesting system poweroff", 120)
        for line in ("Stopping crond", "Stopping syslog", "Remounting the root file system read-only"):
            _expect(text, rf"{line} \.\.\.\s*\[ ok \]", "shutdown")
        assert guest.end() == 0
