"""The gallery: every mail, page state and console screen, as files, served with the headers they really have."""

import http.server
import json
import threading
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Item:
    """One of them."""

    name: str
    kind: str
    file: Path
    status: int
    headers: dict[str, str]

    @property
    def path(self) -> str:
        """Where it is served."""
        return f"/{self.name}"


def read(folder: Path) -> list[Item]:
    """What the folder's index lists, in its order."""
    index = json.loads((folder / "index.json").read_text())
    return [
        Item(each["name"], each["kind"], folder / each["file"], each.get("status") or 200,
             {} if each["kind"] == "mail" else each["headers"])
        for each in index
    ]


def serve(items: list[Item]) -> str:
    """Serves them on this machine in the background; gives the address."""
    by_path = {item.path: item for item in items}

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:  # the name is the standard library's
            """One of the items."""
            item = by_path.get(self.path)
            if item is None:
                self.send_error(404)
                return
            body = item.file.read_bytes()
            self.send_response(item.status)
            for name, value in item.headers.items():
                # Over plain HTTP it means nothing, and a browser that believed it could not come back.
                if name.lower() != "strict-transport-security":
                    self.send_header(name, value)
            if "content-type" not in {name.lower() for name in item.headers}:
                self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self) -> None:  # the name is the standard library's
            """Nothing is ever posted here: the checks count that as a fault."""
            self.send_error(405)

        def log_message(self, format: str, *args: object) -> None:
            """Says nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}"
