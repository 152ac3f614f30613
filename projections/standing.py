"""What people call the state of a case, small enough to compare two moments."""

from typing import Any

from domain.finding.state import Finding


def state_of(finding: Finding | None) -> dict[str, Any]:
    """Return what people call the state of a case: small, flat, comparable."""
    if finding is None:
        return {}
    running = {f"{name}_due": finding.clocks[name].due for name in finding.running}
    overlays = {
        "severity": finding.severity if finding.is_urgent else None,
        "on_hold": finding.hold is not None or None,
        "disputed": finding.disputed or None,
        "offered_to": finding.offered_to,
        "decline_proposed_by": finding.decline_proposed_by,
        "escalation_level": finding.escalated or None,
        "master": finding.master,
    }
    state = {
        "status": finding.status,
        "responsible": finding.assignee,
        **running,
        **overlays,
    }
    return {name: value for name, value in state.items() if value is not None}
