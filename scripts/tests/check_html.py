#!/usr/bin/env python3
"""Is an HTML report well formed, complete and self-contained? check_html.py SOFTMAX_AUDIT, or check_html.py PAGE.html...

Tags balance (as HTML allows: some end tags may be left out), identifiers are unique, what refers to an identifier finds it, every
table has a caption and scoped heads, every picture a name, there is one h1 and one main, and nothing is loaded from anywhere.
"""
import html.parser
import pathlib
import re
import sys
import tempfile

import report_pages

VOID = {"meta", "br", "wbr", "link", "img", "input", "hr", "col"}
# Elements that another may end: what starts inside which ends it.
ENDED_BY = {
    "tr": {"tr", "tbody", "tfoot", "thead"},
    "td": {"td", "th", "tr", "tbody", "tfoot"},
    "th": {"td", "th", "tr", "tbody", "tfoot"},
    "thead": {"tbody", "tfoot"},
    "tbody": {"tbody", "tfoot"},
    "caption": {"colgroup", "thead", "tbody", "tr"},
    "colgroup": {"colgroup", "thead", "tbody", "tr"},
    "dt": {"dt", "dd"},
    "dd": {"dt", "dd"},
    "li": {"li"},
    "p": {"p", "div", "table", "ul", "dl", "h2", "h3", "h4", "h5", "section", "details", "figure"},
}
# And by the end of their parent.
MAY_STAY_OPEN = {"tr", "td", "th", "tbody", "tfoot", "colgroup", "dt", "dd", "li", "p"}
BELONGS_IN = {"tr": {"thead", "tbody", "tfoot", "table"}, "td": {"tr"}, "th": {"tr"}, "li": {"ul", "ol"}, "dt": {"dl"}, "dd": {"dl"},
                 "summary": {"details"}, "caption": {"table"}}


class Page(html.parser.HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.open, self.wrong = [], []
        self.ids, self.references, self.counts = set(), [], {}
        self.tables = []

    def error_here(self, text):
        line, column = self.getpos()
        self.wrong.append(f"{line}:{column}: {text}")

    def handle_starttag(self, tag, attributes):
        names = [name for name, _ in attributes]
        for name in {name for name in names if names.count(name) > 1}:
            self.error_here(f"<{tag}> has {name} twice")
        values = dict(attributes)
        if not (tag == "title" and "svg" in self.open):
            self.counts[tag] = self.counts.get(tag, 0) + 1
        if "id" in values:
            if values["id"] in self.ids:
                self.error_here(f"id {values['id']} is not unique")
            self.ids.add(values["id"])
        for name, value in attributes:
            target = value or ""
            if name == "href":
                if not target.startswith("#"):
                    self.error_here(f"<{tag} href={target}> leaves the page")
                self.references.append((target[1:], self.getpos()))
            elif name in ("aria-labelledby", "aria-describedby", "aria-controls", "for"):
                self.references += [(part, self.getpos()) for part in target.split()]
            elif name in ("src", "srcset", "action", "data") or "://" in target:
                self.error_here(f"<{tag} {name}={target}> loads something")
            elif name.startswith("on"):
                self.error_here(f"<{tag} {name}> has a handler of its own")
        while self.open and tag in ENDED_BY.get(self.open[-1], ()):
            self.ended(self.open.pop())
        parent = self.open[-1] if self.open else ""
        if tag in BELONGS_IN and parent not in BELONGS_IN[tag]:
            self.error_here(f"<{tag}> stands in <{parent}>")
        if tag == "table":
            self.tables.append({"caption": False, "heads": 0, "at": self.getpos()})
        if tag == "caption" and self.tables:
            self.tables[-1]["caption"] = True
        if tag == "th":
            if values.get("scope") not in ("col", "row", "colgroup", "rowgroup"):
                self.error_here("<th> without a scope")
            if self.tables:
                self.tables[-1]["heads"] += 1
        if tag == "svg" and values.get("aria-hidden") != "true" and not (values.get("role") == "img" and values.get("aria-label")):
            self.error_here("<svg> without a name")
        if values.get("role") == "region" and not values.get("aria-label"):
            self.error_here("a region without a name")
        if "tabindex" in values and values["tabindex"] != "0":
            self.error_here(f"tabindex {values['tabindex']} changes the order of the keyboard")
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        if self.open and self.open[-1] == tag:
            self.open.pop()

    def ended(self, tag):
        if tag == "table":
            table = self.tables.pop()
            if not table["caption"]:
                self.error_here(f"the table from line {table['at'][0]} has no caption")
            if not table["heads"]:
                self.error_here(f"the table from line {table['at'][0]} has no heads")

    def handle_endtag(self, tag):
        if tag in VOID:
            return self.error_here(f"</{tag}> ends what cannot be open")
        while self.open and self.open[-1] != tag and self.open[-1] in MAY_STAY_OPEN:
            self.ended(self.open.pop())
        if not self.open or self.open[-1] != tag:
            return self.error_here(f"</{tag}> while <{self.open[-1] if self.open else 'nothing'}> is open")
        self.ended(self.open.pop())

    def finish(self):
        never = [tag for tag in self.open if tag not in MAY_STAY_OPEN]
        if never:
            self.wrong.append(f"never closed: {never}")
        for target, (line, column) in self.references:
            if target not in self.ids:
                self.wrong.append(f"{line}:{column}: #{target} does not exist")
        for tag in ("h1", "main", "title", "nav", "header"):
            if self.counts.get(tag) != 1:
                self.wrong.append(f"{self.counts.get(tag, 0)} <{tag}>, expected one")


def mistakes(text):
    page = Page()
    page.feed(text)
    page.close()
    page.finish()
    if not text.startswith("<!DOCTYPE html>\n<html lang=\"en\">"):
        page.wrong.append("1:0: no doctype or no language")
    if re.search(r"@import|url\((?!#)|https?://", text):
        page.wrong.append("the page names something outside of itself: " + re.search(r"@import|url\((?!#)|https?://", text).group(0))
    return page.wrong


# Each has to be seen, or the check sees nothing: what to replace in a page, and by what.
PLANTED = [("</table>", ""), ("<main id=\"main\">", "<main id=\"main\"><p id=how>"), ("href=\"#how\"", "href=\"#nowhere\""),
           ("<th scope=row", "<th"), ("<caption", "<!-- <caption"), ("</head>", "<link rel=icon href=\"https://example.org/\"></head>"),
           ("role=\"img\" aria-label", "role=\"img\" data-label"), ("<h1", "<h1>twice</h1><h1"), ("</details>", "</div>")]


def check(pages):
    wrong = 0
    for path in pages:
        found = mistakes(pathlib.Path(path).read_text(encoding="utf-8"))
        wrong += len(found)
        print(f"{path}: {len(found)} mistakes")
        for mistake in found[:20]:
            print(f"  {mistake}")
    return wrong


def main():
    if sys.argv[1].endswith(".html"):
        return 1 if check(sys.argv[1:]) else 0
    with tempfile.TemporaryDirectory() as folder:
        pages = report_pages.make(sys.argv[1], folder)
        text = pages[0].read_text(encoding="utf-8")
        for old, new in PLANTED:
            if old not in text or not mistakes(text.replace(old, new, 1)):
                sys.exit(f"the check does not see {new or 'nothing'} in the place of {old}")
        return 1 if check(pages) else 0


if __name__ == "__main__":
    sys.exit(main())
