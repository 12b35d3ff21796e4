"""Opens a case's page in headless Chromium and has it verify bundles: yes to a good one, no to each that was tampered with, nothing on the console.

    check.py CHROMIUM REPORT.html BUNDLE

BUNDLE is a folder. Talks to the browser over its pipe (the DevTools protocol), with Python's standard library alone.
"""
import io
import json
import os
import pathlib
import subprocess
import sys
import tarfile
import tempfile
import time

WAIT = 60


class Browser:
    def __init__(self, program, profile):
        read_out, self.out = os.pipe()
        self.into, write_in = os.pipe()
        # The browser reads commands from its descriptor 3 and writes answers to 4.
        command = f'exec 3<&{read_out} 4>&{write_in}; exec "$0" "$@"'
        flags = ["--headless", "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe", f"--user-data-dir={profile}", "about:blank"]
        self.process = subprocess.Popen(["sh", "-c", command, program, *flags], pass_fds=(read_out, write_in), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(read_out)
        os.close(write_in)
        self.number, self.rest, self.session, self.console = 0, b"", None, []

    def call(self, method, **params):
        self.number += 1
        message = {"id": self.number, "method": method, "params": params}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.out, json.dumps(message).encode() + b"\0")
        while True:
            answer = self.next()
            if answer.get("id") == self.number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']}")
                return answer["result"]

    def next(self):
        while b"\0" not in self.rest:
            more = os.read(self.into, 1 << 16)
            if not more:
                raise RuntimeError("the browser ended")
            self.rest += more
        message, self.rest = self.rest.split(b"\0", 1)
        message = json.loads(message)
        if message.get("method") in ("Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded"):
            self.console.append(json.dumps(message["params"])[:500])
        return message

    def evaluate(self, expression):
        return self.call("Runtime.evaluate", expression=expression, returnByValue=True)["result"].get("value")

    def open(self, page):
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Runtime", "Log", "Page", "DOM"):
            self.call(f"{domain}.enable")
        self.call("Page.navigate", url=pathlib.Path(page).resolve().as_uri())
        self.until("document.readyState === 'complete' && !document.getElementById('bundle-file').disabled")

    def until(self, expression):
        end = time.time() + WAIT
        while time.time() < end:
            if self.evaluate(expression):
                return
            time.sleep(0.05)
        raise RuntimeError(f"not within {WAIT} s: {expression}")

    def verify(self, archive):
        self.evaluate("document.getElementById('verify-status').textContent = ''; document.getElementById('bundle-file').value = ''")
        root = self.call("DOM.getDocument")["root"]["nodeId"]
        node = self.call("DOM.querySelector", nodeId=root, selector="#bundle-file")["nodeId"]
        self.call("DOM.setFileInputFiles", nodeId=node, files=[str(archive)])
        status = "document.getElementById('verify-status').textContent"
        self.until(f"/hold\\.|fail\\.|Not verified/.test({status})")
        return self.evaluate(status)


def packed(folder, to, change=None):
    """A tar file of the bundle, with one file changed."""
    with tarfile.open(to, "w", format=tarfile.USTAR_FORMAT) as archive:
        for path in sorted(folder.rglob("*")):
            if not path.is_file():
                continue
            name = str(path.relative_to(folder))
            content = path.read_bytes()
            if name == change:
                middle = len(content) // 2
                content = content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1:]
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return to


def main():
    program, page, folder = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3])
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
        scratch = pathlib.Path(scratch)
        browser = Browser(program, scratch / "profile")
        browser.open(page)
        good = browser.verify(packed(folder, scratch / "good.tar"))
        print(f"the bundle: {good}")
        assert good.startswith("All ") and " hold." in good, good
        names = [str(path.relative_to(folder)) for path in sorted(folder.rglob("*")) if path.is_file()]
        for name in names:
            said = browser.verify(packed(folder, scratch / "bad.tar", name))
            print(f"{name} changed: {said}")
            assert "fail." in said or "Not verified" in said, (name, said)
        for width in (360, 768, 1280):
            browser.call("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=False)
            wide = browser.evaluate("document.documentElement.scrollWidth")
            assert wide <= width, f"{wide} pixels wide in a window of {width}"
        pdf = browser.call("Page.printToPDF")["data"]
        assert len(pdf) > 10_000, "the page prints"
        assert not browser.console, browser.console
        browser.process.kill()
        print(f"{len(names)} passed, 0 failed")


main()
