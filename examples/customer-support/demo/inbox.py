"""A mail program for one: a page on this machine with every mail the example sent.

It shows mails and nothing else. Mails lie in a frame that may open links in a new tab, and run nothing.
"""

import html
import http.server
import threading

import postbox

STYLE = """
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
body { margin: 0 auto; max-width: 60rem; padding: 1.5rem }
ol { list-style: none; padding: 0 } li { border-bottom: 1px solid #8884; padding: .75rem 0 }
a { color: inherit; font-weight: 600 } .to { opacity: .75 }
iframe { width: 100%; height: 75vh; border: 1px solid #8886; border-radius: 8px; background: #fff }
"""


class _Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:  # the name is the standard library's
        """The list, or one mail."""
        mails = postbox.mails()
        number = self.path.removeprefix("/mail/")
        if self.path == "/":
            self._send(_list(mails))
        elif number.isdigit() and int(number) < len(mails):
            self._send(_mail(mails[int(number)]))
        else:
            self.send_error(404)

    def _send(self, body: str) -> None:
        page = f"<!doctype html><html lang=en><meta charset=utf-8><title>Inbox</title><style>{STYLE}</style>{body}".encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing: the terminal tells the story."""


def serve() -> str:
    """Serves the inbox in the background; gives its address."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}/"


def _list(mails: list[postbox.Mail]) -> str:
    rows = "".join(
        f"<li><a href='/mail/{mail.number}'>{html.escape(mail.subject)}</a>"
        f"<div class=to>to {html.escape(mail.to)}</div></li>"
        for mail in reversed(mails)
    )
    return f"<meta http-equiv=refresh content=3><h1>Inbox</h1><ol>{rows or '<li>No mail yet.</li>'}</ol>"


def _mail(mail: postbox.Mail) -> str:
    return (
        f"<p><a href='/'>Inbox</a></p><h1>{html.escape(mail.subject)}</h1><p class=to>to {html.escape(mail.to)}</p>"
        f"<iframe sandbox='allow-popups allow-popups-to-escape-sandbox' title=mail srcdoc='{html.escape(_in_new_tab(mail.page), quote=True)}'>"
        "</iframe>"
    )


def _in_new_tab(page: str) -> str:
    return page.replace("<head>", "<head><base target='_blank'>", 1)
