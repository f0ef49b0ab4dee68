"""A shop with Python's standard library. Production shops use a framework; the calls are the same."""

import json
import os
import secrets
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

from landfall import Landfall, LandfallError, notice_of

env = os.environ
PORT = int(env.get("SHOP_PORT", "3000"))
SHOP_URL = env.get("SHOP_URL", f"http://localhost:{PORT}")
STAFF_KEY = env.get("SHOP_STAFF_KEY") or secrets.token_hex()  # Without a key nobody is staff.
PAGE = Path(__file__).with_name("index.html").read_bytes()
landfall = Landfall(env["LANDFALL_URL"], env["LANDFALL_KEY"])
# A real shop keeps both in its database: what it shipped, and the secret of each order's cookie.
shipped = set()
cookies = {}


def take_notice(notice):
    """The notice decides, not the customer's page. The same notice can come twice."""
    order = notice["data"]["order"]
    if order["status"] == "paid" and order["orderId"] not in shipped:
        shipped.add(order["orderId"])
        print(f"{order['orderId']}: paid {order['balance']}, ship it", flush=True)


def new_order(again=None):
    """The price comes from the server. The order is registered before the window opens; after a failed try, under its own number."""
    is_open = again is not None and landfall.get(again)["status"] == "open"
    order = {"orderId": again if is_open else f"ord-{uuid.uuid4()}", "name": "제주 한라봉 드립백", "amount": 14_000}
    registered = landfall.register(**order, returnTo=urljoin(SHOP_URL, "/thanks"))
    sdk = {"sdkUrl": env["PORTONE_V1_SDK_URL"], "userCode": env["PORTONE_V1_USER_CODE"]}
    return {**order, "returnUrl": registered["returnUrl"], **sdk}


def state_of(order_id):
    """What the thank-you page shows."""
    order = landfall.get(order_id)
    waiting = [each for each in order["payments"] if each["status"] == "awaiting_deposit"]
    account = waiting[0]["account"] if waiting else None
    last_try = order["payments"][-1]["status"] if order["payments"] else None
    told = {"status": order["status"], "lastTry": last_try, "balance": order["balance"]}
    return {**told, "account": account, "shipped": order_id in shipped}


def refund(order_id, asked):
    """For the shop's staff. The key makes a repeated click one refund."""
    wanted = {name: asked[name] for name in ("amount", "refundAccount", "idempotencyKey") if name in asked}
    return landfall.refund(order_id, reason="고객 요청", **wanted)


class Shop(BaseHTTPRequestHandler):
    def do_GET(self):
        path = urlsplit(self.path).path
        if path in ("/", "/thanks"):
            return self.answer(200, PAGE, "text/html; charset=utf-8")
        order_id = unquote(path.removeprefix("/orders/"))
        if not self.is_own(order_id):
            return self.answer(404)
        return self.told(lambda: state_of(order_id))

    def do_POST(self):
        path = urlsplit(self.path).path
        body = self.rfile.read(min(int(self.headers.get("content-length") or 0), 1 << 20))
        if path == "/landfall":
            notice = notice_of(self.headers, body, env["NOTIFY_SECRETS"])
            if notice is None:
                return self.answer(401)
            take_notice(notice)
            return self.answer(204)
        if path == "/orders":
            again = json.loads(body or b"{}").get("again")
            return self.told(lambda: new_order(again if self.is_own(again) else None), cookie=True)
        if self.headers.get("authorization") != f"Bearer {STAFF_KEY}":
            return self.answer(401)
        return self.told(lambda: refund(unquote(path.split("/")[2]), json.loads(body)))

    def is_own(self, order_id):
        """The order's cookie shows that this customer ordered. Each order has its own: two tabs are two orders."""
        return cookies.get(str(order_id)) in (self.headers.get("cookie") or "").split("; ")

    def told(self, make, cookie=False):
        try:
            told = make()
        except (LandfallError, OSError) as error:
            print(error, flush=True)
            return self.answer(502)
        headers = {}
        if cookie:
            cookies[told["orderId"]] = f"{told['orderId']}={secrets.token_hex()}"
            headers["set-cookie"] = f"{cookies[told['orderId']]}; HttpOnly; SameSite=Lax; Path=/; Max-Age=604800"
        return self.answer(200, json.dumps(told).encode(), "application/json", headers)

    def answer(self, status, body=b"", content_type="text/plain", headers={}):
        self.send_response(status)
        for name, value in {"content-type": content_type, "content-length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


print(f"shop: {SHOP_URL}", flush=True)
ThreadingHTTPServer(("127.0.0.1", PORT), Shop).serve_forever()
