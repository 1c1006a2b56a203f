"""A release that went wrong: the model behind serve.py, but slow or failing, as FAULT says. The demo rolls it out to see it come back."""

import os
import time

import serve


class Faulty(serve.Handler):
    def predict(self, values):
        if os.environ["FAULT"] == "failing":
            raise RuntimeError("the features are not those that the model was trained on")
        time.sleep(0.15)
        return super().predict(values)

    def do_POST(self):
        try:
            super().do_POST()
        except RuntimeError as error:
            self.answer(500, "text/plain", f"{error}\n")


serve.Handler = Faulty

if __name__ == "__main__":
    serve.main()
