"""Long trials by `make faults`; `make test` leaves this folder out (pyproject.toml)."""
