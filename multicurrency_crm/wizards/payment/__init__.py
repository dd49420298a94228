from . import payment_promise_make
