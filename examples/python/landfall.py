"""Calls Landfall's REST API and verifies its notices, with the standard library alone."""

import base64
import hashlib
import hmac
import json
import time
import urllib.error
import urllib.parse
import urllib.request

TRIES = 3
TOLERANCE_S = 300


class LandfallError(Exception):
    """A refused call. `kind` names the reason, `action` says what the caller can do."""

    def __init__(self, status, kind, detail, action=""):
        super().__init__(f"{kind}: {detail}")
        self.status, self.kind, self.action = status, kind, action


class Landfall:
    def __init__(self, url, key):
        self.url, self.key = url.rstrip("/"), key

    def register(self, **order):
        return self._call("POST", "/v1/orders", order)

    def get(self, order_id):
        return self._call("GET", f"/v1/orders/{urllib.parse.quote(order_id, safe='')}")

    def refund(self, order_id, **refund):
        return self._call("POST", f"/v1/orders/{urllib.parse.quote(order_id, safe='')}/refunds", refund)

    def _call(self, method, path, body=None):
        """Tries again when nothing was stored. The same body cannot be carried out twice."""
        data = None if body is None else json.dumps(body).encode()
        headers = {"authorization": f"Bearer {self.key}", "content-type": "application/json"}
        request = urllib.request.Request(self.url + path, data, headers, method=method)
        for tries_left in reversed(range(TRIES)):
            try:
                with urllib.request.urlopen(request, timeout=10) as answer:
                    return json.load(answer)
            except urllib.error.HTTPError as error:
                if error.code not in (429, 502, 503, 504) or tries_left == 0:
                    raise _refusal(error) from error
            except OSError:
                if tries_left == 0:
                    raise
            time.sleep(0.5)


def _refusal(error):
    try:
        problem = json.load(error)
        return LandfallError(error.code, problem["kind"], problem["detail"], problem.get("action", ""))
    except (ValueError, KeyError):
        return LandfallError(error.code, "unreadable_answer", error.reason)


def notice_of(headers, body, secrets):
    """The notice in a request (Standard Webhooks); None if the signature or the time is wrong. `body` is bytes, as it came."""
    signed_id, sent_at = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not sent_at.isdecimal() or abs(time.time() - int(sent_at)) > TOLERANCE_S:
        return None
    text = f"{signed_id}.{sent_at}.".encode() + body
    given = [part[3:] for part in headers.get("webhook-signature", "").split() if part.startswith("v1,")]
    for secret in secrets.split(","):
        key = base64.b64decode(secret.strip().removeprefix("whsec_"))
        expected = base64.b64encode(hmac.digest(key, text, hashlib.sha256)).decode()
        if any(hmac.compare_digest(expected, signature) for signature in given):
            return json.loads(body)
    return None
