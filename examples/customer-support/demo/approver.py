"""An approver at a browser: opens links, posts the form of the page, follows where it leads."""

import html
import http.client
import re
import urllib.parse
from dataclasses import dataclass

from postbox import Mail


@dataclass(frozen=True)
class Page:
    """What came back."""

    status: int
    text: str
    headers: dict[str, str]

    @property
    def headline(self) -> str:
        """What stands on top: a message where there is one, else the question."""
        found = re.search(r"<h[12][^>]*>(.*?)</h[12]>", self.text, flags=re.DOTALL)
        return Page(self.status, found.group(1), {}).words if found else self.words[:100]

    @property
    def hidden(self) -> dict[str, str]:
        """The hidden fields of its form."""
        fields = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', self.text)
        return {name: html.unescape(value) for name, value in fields}

    @property
    def words(self) -> str:
        """The page as it reads."""
        body = re.sub(r"<(style|script).*?</\1>", " ", self.text, flags=re.DOTALL)
        return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", body))).strip()


def get(link: str, method: str = "GET") -> Page:
    """Opens a link, as a person or a mail scanner does."""
    return _call(method, link, None)


def post(link: str, **fields: str) -> Page:
    """Posts the form of the page, and follows a redirect as browsers do."""
    page = _call("POST", link, urllib.parse.urlencode(fields))
    if page.status == 303:
        return get(urllib.parse.urljoin(link, page.headers["location"]))
    return page


def decide(mail: Mail, verdict: str, comment: str, code: str | None = None) -> Page:
    """A person answers, with the code of their mail unless another is given, and confirms where that is asked."""
    typed = {"verdict": verdict, "comment": comment, "code": mail.code if code is None else code}
    page = post(mail.link, **get(mail.link).hidden, **typed)
    return post(mail.link, **page.hidden) if page.status == 200 and "confirmed" in page.hidden else page


def says(page: Page) -> None:
    """Prints what a page says on top."""
    print(f"  page      {page.status}: {page.headline}")


def _call(method: str, link: str, body: str | None) -> Page:
    # *.localhost does not resolve everywhere outside browsers: the address is loopback, the name goes into the header.
    parts = urllib.parse.urlsplit(link)
    connection = http.client.HTTPConnection("127.0.0.1", parts.port, timeout=30)
    headers = {"Host": parts.netloc, "Accept": "text/html"}
    if body is not None:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    try:
        connection.request(method, parts.path, body, headers)
        answer = connection.getresponse()
        text = answer.read().decode()
        return Page(answer.status, text, {name.lower(): value for name, value in answer.getheaders()})
    finally:
        connection.close()
