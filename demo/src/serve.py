"""Serves the model under SageMaker's contract: GET /ping and POST /invocations on $PORT, the model in $SM_MODEL_DIR.

JSON in:  {"instances": [{"mean_radius": 17.99, ...}, ...]}      JSON out: {"predictions": [{"malignant": 1, "probability": 0.99}, ...]}
CSV in:   one row of features a line, in the order of training   CSV out:  malignant,probability a line
"""

import csv
import io
import json
import os
import signal
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import joblib
import numpy as np

LARGEST_BODY = 6 * 1024 * 1024  # SageMaker's limit for a real-time request


class BadRequest(Exception):
    """The caller's fault; the text is the answer."""


def rows_from_json(body, features):
    try:
        instances = json.loads(body)["instances"]
        return [[float(instance[name]) for name in features] for instance in instances]
    except KeyError as error:
        raise BadRequest(f"{error} is missing")
    except (ValueError, TypeError) as error:
        raise BadRequest(f'expected {{"instances": [{{feature: number}}]}}: {error}')


def rows_from_csv(body, features):
    try:
        rows = [[float(value) for value in row] for row in csv.reader(io.StringIO(body.decode("utf-8"))) if row]
    except ValueError as error:
        raise BadRequest(str(error))
    if any(len(row) != len(features) for row in rows):
        raise BadRequest(f"every row must have {len(features)} numbers")
    return rows


def json_answer(predictions):
    return json.dumps({"predictions": [{"malignant": label, "probability": p} for label, p in predictions]})


def csv_answer(predictions):
    return "".join(f"{label},{p}\n" for label, p in predictions)


FORMATS = {"application/json": (rows_from_json, json_answer), "text/csv": (rows_from_csv, csv_answer)}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Head and body leave in two writes; without this the second waits for the acknowledgement of the first.
    disable_nagle_algorithm = True
    features = []
    model = None
    in_flight = 0
    changed = threading.Condition()

    def do_GET(self):
        self.answer(200 if self.path == "/ping" else 404, "text/plain", "")

    def do_POST(self):
        with self.changed:
            Handler.in_flight += 1
        try:
            self.invoke()
        finally:
            with self.changed:
                Handler.in_flight -= 1
                self.changed.notify_all()

    def invoke(self):
        # Always read: an unread body would be taken for the next request on a kept connection.
        length = int(self.headers.get("Content-Length") or 0)
        if length > LARGEST_BODY:
            self.close_connection = True
            return self.answer(413, "text/plain", "the body is over 6 MiB\n")
        body = self.rfile.read(length)
        if self.path != "/invocations":
            return self.answer(404, "text/plain", "POST /invocations\n")
        kind = (self.headers.get("Content-Type") or "application/json").split(";")[0].strip().lower()
        if kind not in FORMATS:
            return self.answer(415, "text/plain", f"use one of {', '.join(FORMATS)}\n")
        read, write = FORMATS[kind]
        try:
            rows = self.checked(read(body, self.features))
        except BadRequest as error:
            return self.answer(400, "text/plain", f"{error}\n")
        self.answer(200, kind, write(self.predict(rows)))

    def checked(self, rows):
        if not rows:
            raise BadRequest("there are no rows")
        values = np.array(rows)
        if not np.isfinite(values).all():
            raise BadRequest("every value must be a finite number")
        return values

    def predict(self, values):
        return [(int(p >= 0.5), float(p)) for p in self.model.predict_proba(values)[:, 1]]

    def answer(self, status, kind, text):
        body = text.encode("utf-8")
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """The gateway in front counts requests."""


def main():
    stored = joblib.load(Path(os.environ["SM_MODEL_DIR"], "model.joblib"))
    Handler.features, Handler.model = stored["features"], stored["model"]
    server = ThreadingHTTPServer(("127.0.0.1", int(os.environ.get("PORT", "8080"))), Handler)
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
    server.serve_forever()
    # Requests in flight are answered before the process ends; connections that callers only keep open do not hold it.
    with Handler.changed:
        Handler.changed.wait_for(lambda: Handler.in_flight == 0, timeout=60)


if __name__ == "__main__":
    main()
