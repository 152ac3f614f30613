"""Tampering by `make tamper`; `make test` leaves this folder out (pyproject.toml)."""
