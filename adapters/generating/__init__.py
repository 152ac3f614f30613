"""An invented history, decided by the real rules: to try things out and to show."""
