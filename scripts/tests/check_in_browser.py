#!/usr/bin/env python3
"""Opens HTML reports in Chromium, as their readers do: check_in_browser.py SOFTMAX_AUDIT, or check_in_browser.py PAGE.html...

In light and dark, on a desk and on a phone: no error on the console, nothing asked of the network, no scrolling sideways, tables that sort
(and say so), commands that can be copied, links that open what they lead to, and everything unfolded on paper. Exits 77 where there is no
Chromium (Debian: apt-get install chromium; or CHROMIUM=/path/to/it).
"""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

import report_pages

DESK, PHONE = (1280, 900), (390, 844)
SKIPPED = 77


class Browser:
    """The DevTools protocol over two pipes: messages of JSON, each ended by a zero byte."""

    def __init__(self, program, profile):
        to_browser, self.write_end = os.pipe()
        self.read_end, from_browser = os.pipe()

        def as_three_and_four():
            # Copies first, so that neither overwrites the other, wherever they were.
            reading, writing = os.dup(to_browser), os.dup(from_browser)
            for copy, number in ((reading, 3), (writing, 4)):
                os.dup2(copy, number)
                os.set_inheritable(number, True)

        arguments = [program, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
                     "--disable-background-networking", "--remote-debugging-pipe", f"--user-data-dir={profile}", "about:blank"]
        self.process = subprocess.Popen(arguments, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                        close_fds=False, preexec_fn=as_three_and_four)
        os.close(to_browser)
        os.close(from_browser)
        self.buffer, self.number, self.events, self.session = b"", 0, [], None

    def message(self):
        while b"\0" not in self.buffer:
            part = os.read(self.read_end, 1 << 16)
            if not part:
                sys.exit("the browser ended")
            self.buffer += part
        text, self.buffer = self.buffer.split(b"\0", 1)
        return json.loads(text)

    def call(self, method, **parameters):
        self.number += 1
        command = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            command["sessionId"] = self.session
        os.write(self.write_end, json.dumps(command).encode() + b"\0")
        while True:
            message = self.message()
            if message.get("id") == self.number:
                if "error" in message:
                    sys.exit(f"{method}: {message['error']}")
                return message["result"]
            if "method" in message:
                self.events.append(message)

    def attach(self):
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")

    def evaluate(self, expression):
        result = self.call("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True, userGesture=True)
        if "exceptionDetails" in result:
            sys.exit(f"{expression}: {result['exceptionDetails']}")
        return result["result"].get("value")

    def open(self, address, size, scheme):
        self.call("Emulation.setDeviceMetricsOverride", width=size[0], height=size[1], deviceScaleFactor=1, mobile=size == PHONE)
        self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        self.events.clear()
        self.call("Page.navigate", url=address)
        for _ in range(600):
            if self.evaluate("document.readyState") == "complete":
                return
            time.sleep(0.1)
        sys.exit(f"{address}: did not load")

    def complaints(self):
        """What the console, the script engine or the network said."""
        found = []
        for event in self.events:
            parameters = event["params"]
            if event["method"] == "Runtime.exceptionThrown":
                found.append(parameters["exceptionDetails"].get("text", "") + str(parameters["exceptionDetails"].get("exception", "")))
            elif event["method"] == "Runtime.consoleAPICalled" and parameters["type"] in ("error", "warning", "assert"):
                found.append(str(parameters["args"]))
            elif event["method"] == "Log.entryAdded" and parameters["entry"]["level"] in ("error", "warning"):
                found.append(parameters["entry"]["text"])
            elif event["method"] == "Network.requestWillBeSent":
                address = parameters["request"]["url"]
                if parameters.get("type") != "Document" and not address.startswith("data:"):
                    found.append(f"asked for {address}")
        return found

    def end(self):
        self.session = None
        try:
            os.write(self.write_end, json.dumps({"id": 0, "method": "Browser.close"}).encode() + b"\0")
            self.process.wait(20)
        except (OSError, subprocess.TimeoutExpired):
            self.process.kill()
            self.process.wait()


THEME = """(() => {
  const [red] = getComputedStyle(document.body).backgroundColor.match(/[0-9]+/g).map(Number);
  return (red < 128) === matchMedia("(prefers-color-scheme:dark)").matches;
})()"""

OVERFLOW = """(() => {
  document.querySelectorAll("details").forEach(part => { part.open = true; });
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width) return "";
  const wide = [...document.querySelectorAll("body *")].filter(e => e.getBoundingClientRect().right > width + 1 && !e.closest(".scroll"));
  return `${document.documentElement.scrollWidth} of ${width} px: ` + wide.slice(-3).map(e => e.outerHTML.slice(0, 120)).join(" | ");
})()"""

# Sorts by a column of numbers, twice; the order has to follow, the head has to say it, by mouse and by keyboard alike.
SORT = """(async () => {
  const table = [...document.querySelectorAll("table.sort")].find(t => t.tBodies[0].rows.length > 2);
  if (!table) return "no table to sort";
  table.closest("details")?.setAttribute("open", "");
  const heads = [...table.tHead.querySelectorAll("th")];
  const number = text => text.trim().startsWith("inf") ? Infinity : parseFloat(text);
  for (const [column, head] of heads.entries()) {
    const read = () => [...table.tBodies[0].rows].map(row => number(row.cells[column].textContent));
    if (new Set(read()).size < 2 || read().some(Number.isNaN)) continue;
    const button = head.querySelector("button");
    if (!button) return "a head without a button";
    if (head.getAttribute("aria-sort") !== "none") return "unsorted, but aria-sort is " + head.getAttribute("aria-sort");
    for (const [way, sign] of [["descending", 1], ["ascending", -1]]) {
      button.focus();
      if (document.activeElement !== button) return "the button takes no focus";
      button.click();
      const values = read();
      if (head.getAttribute("aria-sort") !== way) return `aria-sort is ${head.getAttribute("aria-sort")}, not ${way}`;
      for (let i = 1; i < values.length; ++i)
        if (sign * (values[i - 1] - values[i]) < 0) return `${way}: ${values[i - 1]} before ${values[i]}`;
    }
    if (heads.some(other => other !== head && other.getAttribute("aria-sort") !== "none")) return "two heads say that they sort";
    return "";
  }
  return "no column of numbers";
})()"""

COPY = """(async () => {
  const code = document.querySelector("code.run");
  if (!code) return "no command to copy";
  for (let part = code; part; part = part.parentElement) if (part.tagName === "DETAILS") part.open = true;
  const button = code.nextElementSibling;
  if (!button || button.tagName !== "BUTTON") return "no button beside the command";
  let copied = null;
  document.addEventListener("copy", () => { copied = getSelection().toString(); }, {once: true});
  const REFUSE = %s;
  Object.defineProperty(navigator, "clipboard", {configurable: true, value: {writeText: async text => {
    if (REFUSE) throw new Error("refused");
    copied = text;
  }}});
  button.click();
  await new Promise(done => setTimeout(done, 300));
  if (copied === null) return "nothing was copied";
  if (copied.trim() !== code.textContent.trim()) return `copied ${copied}, not ${code.textContent}`;
  if (document.querySelector("[role=status]").textContent !== "copied") return "a screen reader is told nothing";
  return "";
})()"""

REVEAL = """(async () => {
  const inside = document.querySelector("details:not([open]) [id], details:not([open])[id]");
  if (!inside) return "";
  location.hash = inside.id;
  await new Promise(done => setTimeout(done, 300));
  for (let part = inside; part; part = part.parentElement)
    if (part.tagName === "DETAILS" && !part.open) return `#${inside.id} stays folded`;
  return "";
})()"""

PAPER = """(() => {
  const folded = () => document.querySelectorAll("details:not([open])").length;
  const before = folded();
  dispatchEvent(new Event("beforeprint"));
  const during = folded();
  dispatchEvent(new Event("afterprint"));
  return before > 0 && during === 0 && folded() === before ? "" : `folded before ${before}, on paper ${during}, after ${folded()}`;
})()"""

SKIP_LINK = """(() => {
  const link = document.querySelector("a.skip");
  link.focus();
  const box = link.getBoundingClientRect();
  return document.activeElement === link && box.left >= 0 && box.width > 40 ? "" : "the skip link does not show when it has the focus";
})()"""


def mistakes(browser, page, schemes=("light", "dark")):
    wrong = []
    address = pathlib.Path(page).resolve().as_uri()

    def expect(what, text):
        if text:
            wrong.append(f"{what}: {text}")

    for scheme in schemes:
        for size in (DESK, PHONE):
            where = f"{scheme}, {size[0]} px"
            browser.open(address, size, scheme)
            expect(f"{where}, theme", "" if browser.evaluate(THEME) else "the background does not follow it")
            if size == DESK:
                expect(f"{where}, skip link", browser.evaluate(SKIP_LINK))
                expect(f"{where}, paper", browser.evaluate(PAPER))
                expect(f"{where}, links", browser.evaluate(REVEAL))
                expect(f"{where}, sorting", browser.evaluate(SORT))
                expect(f"{where}, copying", browser.evaluate(COPY % "false"))
            expect(f"{where}, width", browser.evaluate(OVERFLOW))
            expect(f"{where}, console", "; ".join(browser.complaints()))
    browser.open(address, DESK, "light")
    expect("copying without a clipboard", browser.evaluate(COPY % "true"))
    return wrong


# Each has to be seen, or the check sees nothing: what to replace in a page, by what, and what is then wrong.
PLANTED = [("</main>", "</main><script>nothing.of_the_kind()</script>", "console"),
           ("</main>", "<div style=width:2000px>wide</div></main>", "width"),
           ("sign * (typeof", "0 * (typeof", "sorting"),
           ("writeText(code.textContent)", "writeText('')", "copying"),
           ("prefers-color-scheme:dark", "prefers-color-scheme:none", "theme"),
           ("part.open = true; }); });", "}); });", "paper"),
           ("</main>", "</main><script>addEventListener('hashchange', () => setTimeout(() => document.querySelectorAll('details')"
                       ".forEach(part => { part.open = false; }), 50))</script>", "links"),
           (".skip:focus", ".skip:hover", "skip link")]


def check(browser, pages):
    wrong = 0
    for page in pages:
        found = mistakes(browser, page)
        wrong += len(found)
        print(f"{page}: {len(found)} mistakes")
        for mistake in found:
            print(f"  {mistake}")
    return wrong


def check_the_check(browser, page, folder):
    text = page.read_text(encoding="utf-8")
    planted = pathlib.Path(folder) / "planted.html"
    for old, new, what in PLANTED:
        planted.write_text(text.replace(old, new), encoding="utf-8")
        if old not in text or not any(what in mistake for mistake in mistakes(browser, planted, ["dark"])):
            sys.exit(f"the check does not see that {what} is wrong")


def main():
    program = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not program:
        print("no Chromium on this machine (Debian: apt-get install chromium): skipped")
        return SKIPPED
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        browser = Browser(program, folder + "/profile")
        try:
            browser.attach()
            if sys.argv[1].endswith(".html"):
                return 1 if check(browser, sys.argv[1:]) else 0
            pages = report_pages.make(sys.argv[1], folder)
            check_the_check(browser, pages[0], folder)
            return 1 if check(browser, pages) else 0
        finally:
            browser.end()


if __name__ == "__main__":
    sys.exit(main())
